// SPDX-License-Identifier: Apache-2.0
#include "os/accept_queue.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/fd.h"

namespace porterd::os {
namespace {

using Numbers = std::vector<std::uint64_t>;

template <class Body>
struct Request {
  nlmsghdr header{};
  Body body{};
};

struct Place {
  std::uint8_t family = AF_UNSPEC;
  in_port_t port = 0;  // as in the packet
};

base::Result<Place> place_of(int listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return base::failure_errno("getsockname");
  Place place{.family = static_cast<std::uint8_t>(address.ss_family)};
  if (address.ss_family == AF_INET) place.port = reinterpret_cast<const sockaddr_in&>(address).sin_port;
  if (address.ss_family == AF_INET6) place.port = reinterpret_cast<const sockaddr_in6&>(address).sin6_port;
  return place;
}

template <class Body>
const Body* body_of(const nlmsghdr& message) {
  return reinterpret_cast<const Body*>(reinterpret_cast<const char*>(&message) + NLMSG_HDRLEN);
}

// A connection that nobody has accepted has no inode yet.
void take_inet(const nlmsghdr& message, Numbers& found) {
  const auto& answer = *body_of<inet_diag_msg>(message);
  if (answer.idiag_inode != 0) return;
  found.push_back(std::uint64_t{answer.id.idiag_cookie[1]} << 32U | answer.id.idiag_cookie[0]);
}

// UNIX_DIAG_ICONS: the inodes of the clients' sockets.
void take_unix(const nlmsghdr& message, Numbers& found) {
  const auto* attribute = reinterpret_cast<const rtattr*>(body_of<unix_diag_msg>(message) + 1);
  auto left = static_cast<unsigned>(message.nlmsg_len - NLMSG_LENGTH(sizeof(unix_diag_msg)));
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != UNIX_DIAG_ICONS) continue;
    std::vector<std::uint32_t> inodes(RTA_PAYLOAD(attribute) / sizeof(std::uint32_t));
    if (inodes.empty()) continue;
    std::memcpy(inodes.data(), reinterpret_cast<const char*>(attribute) + RTA_LENGTH(0),
                inodes.size() * sizeof(std::uint32_t));
    found.insert(found.end(), inodes.begin(), inodes.end());
  }
}

// Sends the request and hands over each answer. The kernel has answered when send() returns: nothing is waited for.
template <class Body, class Take>
base::Result<Numbers> ask(Request<Body> request, int flags, Take take) {
  const base::Fd socket(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
  if (!socket.is_open()) return base::failure_errno("netlink socket");
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  if (::send(socket.number(), &request, sizeof request, 0) < 0) return base::failure_errno("sock_diag request");
  Numbers found;
  const bool is_dump = (flags & NLM_F_DUMP) == NLM_F_DUMP;
  alignas(nlmsghdr) std::array<char, 32768> answer;
  for (;;) {
    const auto size = ::recv(socket.number(), answer.data(), answer.size(), 0);
    if (size < 0) return base::failure_errno("sock_diag answer");
    auto left = static_cast<unsigned>(size);
    const auto* message = reinterpret_cast<const nlmsghdr*>(answer.data());
    for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return found;
      if (message->nlmsg_type == NLMSG_ERROR) return base::failure(EINVAL, "sock_diag");
      take(*message, found);
    }
    if (!is_dump) return found;
  }
}

base::Result<Numbers> ask_inet(const Place& place) {
  Request<inet_diag_req_v2> request;
  request.body.sdiag_family = place.family;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = 1U << TCP_ESTABLISHED | 1U << TCP_CLOSE_WAIT;
  request.body.id.idiag_sport = place.port;
  return ask(request, NLM_F_DUMP, take_inet);
}

base::Result<Numbers> ask_unix(int listener) {
  struct stat status{};
  if (::fstat(listener, &status) != 0) return base::failure_errno("fstat");
  Request<unix_diag_req> request;
  request.body.sdiag_family = AF_UNIX;
  request.body.udiag_ino = static_cast<std::uint32_t>(status.st_ino);
  request.body.udiag_show = UDIAG_SHOW_ICONS;
  request.body.udiag_cookie[0] = ~0U;
  request.body.udiag_cookie[1] = ~0U;
  return ask(request, 0, take_unix);
}

}  // namespace

base::Result<Numbers> waiting_connections(int listener) {
  PORTERD_TRY_ASSIGN(const auto place, place_of(listener));
  PORTERD_TRY_ASSIGN(auto found, place.family == AF_UNIX ? ask_unix(listener) : ask_inet(place));
  std::ranges::sort(found);
  return found;
}

}  // namespace porterd::os
