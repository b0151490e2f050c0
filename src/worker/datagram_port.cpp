// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "base/address.h"

namespace porterd::worker {
namespace {

constexpr std::size_t kBatch = 32;
constexpr std::size_t kLongestDatagram = 65536;  // UDP carries 65507 bytes at most; a jumbogram is cut, and ignored
using Control = std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))>;

/// Turns what the kernel says about where a datagram came to into what it wants to hear about where the reply is to
/// come from. Nothing when that is no address of one machine, so that nobody can make many machines answer one
/// datagram. True when there is nothing to turn.
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

}  // namespace

struct DatagramPort::Batch {
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(kBatch * kLongestDatagram);
  std::array<base::RawAddress, kBatch> sources;
  std::array<Control, kBatch> controls;
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> requests{};
  std::array<std::string, kBatch> answers;
  std::array<mmsghdr, kBatch> replies{};
  std::size_t reply_count = 0;

  void prepare() {
    reply_count = 0;
    for (std::size_t index = 0; index < kBatch; ++index) {
      parts[index] = {.iov_base = bytes.get() + index * kLongestDatagram, .iov_len = kLongestDatagram};
      msghdr& header = requests[index].msg_hdr;
      header = {};
      header.msg_name = &sources[index].storage;
      header.msg_namelen = sizeof sources[index].storage;
      header.msg_iov = &parts[index];
      header.msg_iovlen = 1;
      header.msg_control = controls[index].data();
      header.msg_controllen = controls[index].size();
    }
  }
};

DatagramPort::DatagramPort(event::Loop& loop, base::Fd socket, std::unique_ptr<DatagramBuiltin> builtin,
                           ReplyGuard guard)
    : socket_(std::move(socket)),
      builtin_(std::move(builtin)),
      guard_(std::move(guard)),
      batch_(std::make_unique<Batch>()),
      reading_(loop, socket_.number(), event::callback<&DatagramPort::on_readable>(*this)) {
  const int on = 1;
  // One of them fails, or both with a UNIX socket, and that is as it should be.
  ::setsockopt(socket_.number(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  ::setsockopt(socket_.number(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  reading_.arm();
}

DatagramPort::~DatagramPort() = default;

void DatagramPort::on_readable() {
  batch_->prepare();
  const int count = ::recvmmsg(socket_.number(), batch_->requests.data(), kBatch, MSG_DONTWAIT, nullptr);
  for (std::size_t index = 0; count > 0 && index < static_cast<std::size_t>(count); ++index) answer(index);
  send_replies();
}

void DatagramPort::answer(std::size_t index) {
  auto& [header, size] = batch_->requests[index];
  ++counts_.requests;
  counts_.bytes_in += size;
  if ((header.msg_flags & MSG_TRUNC) != 0) return;
  auto& text = batch_->answers[index];
  text.clear();
  if (!builtin_->answer({batch_->bytes.get() + index * kLongestDatagram, size}, base::Wall::now(), text)) return;

  batch_->sources[index].length = header.msg_namelen;
  const auto source = base::socket_address(batch_->sources[index]);
  const auto* endpoint = std::get_if<base::Endpoint>(&source);
  const bool has_name = endpoint != nullptr || !std::get<base::UnixAddress>(source).name.empty();
  if (!has_name || (endpoint != nullptr && !guard_.may_reply(*endpoint, base::Steady::now())) || !turn_round(header)) {
    ++counts_.refused;
    return;
  }
  batch_->parts[index] = {.iov_base = text.data(), .iov_len = text.size()};
  header.msg_flags = 0;
  batch_->replies[batch_->reply_count++].msg_hdr = header;
}

void DatagramPort::send_replies() {
  std::span<mmsghdr> left(batch_->replies.data(), batch_->reply_count);
  while (!left.empty()) {
    const int sent =
        ::sendmmsg(socket_.number(), left.data(), static_cast<unsigned>(left.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    for (std::size_t index = 0; sent > 0 && index < static_cast<std::size_t>(sent); ++index) {
      ++counts_.replies;
      counts_.bytes_out += left[index].msg_len;
    }
    // An error is about the first that was left; the others may go elsewhere.
    left = left.subspan(sent > 0 ? static_cast<std::size_t>(sent) : 1);
  }
}

}  // namespace porterd::worker
