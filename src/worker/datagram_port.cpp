// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_port.h"

#include <sys/socket.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "base/address.h"
#include "worker/reply_address.h"

namespace porterd::worker {
namespace {

constexpr std::size_t kBatch = 32;
constexpr std::size_t kLongestDatagram = 65536;  // UDP carries 65507 bytes at most; a jumbogram is cut, and ignored

}  // namespace

struct DatagramPort::Batch {
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(kBatch * kLongestDatagram);
  std::array<base::RawAddress, kBatch> sources;
  std::array<ReplyControl, kBatch> controls;
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
                           ReplyGuard guard, admission::AccessList access)
    : socket_(std::move(socket)),
      builtin_(std::move(builtin)),
      guard_(std::move(guard)),
      access_(std::move(access)),
      batch_(std::make_unique<Batch>()),
      reading_(loop, socket_.number(), event::callback<&DatagramPort::on_readable>(*this)) {
  enable_reply_address(socket_.number());
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
  batch_->sources[index].length = header.msg_namelen;
  const auto source = base::socket_address(batch_->sources[index]);
  auto& text = batch_->answers[index];
  text.clear();
  const std::string_view request(batch_->bytes.get() + index * kLongestDatagram, size);
  const bool is_allowed = is_admitted(source);
  if (is_allowed && !builtin_->answer(request, base::Wall::now(), text)) return;
  if (!is_allowed || !may_reply_to(source) || !turn_round(header)) {
    ++counts_.refused;
    return;
  }
  batch_->parts[index] = {.iov_base = text.data(), .iov_len = text.size()};
  header.msg_flags = 0;
  batch_->replies[batch_->reply_count++].msg_hdr = header;
}

bool DatagramPort::is_admitted(const base::SocketAddress& source) const {
  const auto* endpoint = std::get_if<base::Endpoint>(&source);
  return endpoint == nullptr || access_.verdict(endpoint->address) == admission::Verdict::allowed;
}

bool DatagramPort::may_reply_to(const base::SocketAddress& source) {
  if (const auto* endpoint = std::get_if<base::Endpoint>(&source))
    return guard_.may_reply(*endpoint, base::Steady::now());
  return !std::get<base::UnixAddress>(source).name.empty();
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
