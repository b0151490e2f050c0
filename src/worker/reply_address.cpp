// SPDX-License-Identifier: Apache-2.0
#include "worker/reply_address.h"

#include <cstring>

namespace porterd::worker {

void enable_reply_address(int socket) {
  const int on = 1;
  // One of them fails, or both with a UNIX socket, and that is as it should be.
  ::setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

bool turn_round(msghdr& message) {
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) {
    message.msg_control = nullptr;
    message.msg_controllen = 0;
    return true;
  }
  if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(header), sizeof info);
    // What came before we asked for this has no local address beside it; if it was a broadcast, the kernel will not
    // send from where it went to.
    if (info.ipi_spec_dst.s_addr == 0) info.ipi_spec_dst = info.ipi_addr;
    if (info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr) return false;  // broadcast or multicast
    info.ipi_ifindex = 0;                                                // routed as anything else from that address
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
    return true;
  }
  if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(header), sizeof info);
    if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) return false;
    if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
    return true;
  }
  return false;
}

}  // namespace porterd::worker
