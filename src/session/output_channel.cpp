// SPDX-License-Identifier: Apache-2.0
#include "session/output_channel.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "os/descriptors.h"
#include "os/socket.h"

namespace porterd::session {
namespace {

/// The writer's pid, as the kernel put it beside the message; 0 without one.
pid_t writer_of(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS) continue;
    ucred credentials{};
    std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
    return credentials.pid;
  }
  return 0;
}

}  // namespace

base::Result<std::unique_ptr<OutputChannel>> OutputChannel::open(event::Loop& loop, OutputReader& reader) {
  std::unique_ptr<OutputChannel> channel(new OutputChannel(loop, reader));
  PORTERD_TRY(channel->make_pair());
  return channel;
}

OutputChannel::OutputChannel(event::Loop& loop, OutputReader& reader)
    : loop_(loop),
      reader_(reader),
      unfinished_timer_(loop, event::callback<&OutputChannel::hand_out_unfinished>(*this)),
      anew_timer_(loop, event::callback<&OutputChannel::make_anew>(*this)) {}

base::Status OutputChannel::make_pair() {
  watch_.reset();
  // SEQPACKET keeps messages apart as DGRAM does, but is bounded by bytes instead of net.unix.max_dgram_qlen's
  // ten messages.
  PORTERD_TRY_ASSIGN(auto pair, os::make_socket_pair(SOCK_SEQPACKET));
  // Room for about a thousand lines; without privilege the kernel cuts it to net.core.wmem_max. Used only while unread.
  const int room = 1 << 20;
  if (::setsockopt(pair.first.number(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) != 0)
    ::setsockopt(pair.first.number(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  const int on = 1;
  if (::setsockopt(pair.second.number(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
    return base::failure_errno("setsockopt SO_PASSCRED");
  // The number stays: a child on its way that still shares our table takes its descriptor 2 by that number, and must
  // not find there what got it next.
  if (!writing_.is_open())
    writing_ = std::move(pair.first);
  else if (::dup3(pair.first.number(), writing_.number(), O_CLOEXEC) < 0)
    return base::failure_errno("dup3");
  reading_ = os::move_high(std::move(pair.second));
  watch_ =
      std::make_unique<event::Watch>(loop_, reading_.number(), event::callback<&OutputChannel::on_readable>(*this));
  watch_->arm();
  return {};
}

// Until there is a new pair, servers write to one that nobody reads: they get EPIPE, and their lines are lost.
void OutputChannel::make_anew() {
  if (make_pair()) return;
  watch_.reset();
  anew_timer_.start(kDelay);
}

void OutputChannel::on_readable() {
  // A flood must not keep the loop from accepting.
  constexpr int kMessages = 32;
  for (int count = 0; count < kMessages; ++count)
    if (!read_one()) return;
}

std::optional<std::size_t> OutputChannel::read_one() {
  std::array<char, 8192> text;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  iovec part{.iov_base = text.data(), .iov_len = text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  // With MSG_TRUNC the result is the size of the whole message, of which `text` has the beginning.
  const ssize_t bytes = ::recvmsg(reading_.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);
  if (bytes < 0) return std::nullopt;
  // A message without bytes has a writer all the same.
  if (bytes == 0 && message.msg_controllen == 0) {
    // A server called shutdown(2) on what it shares with others. Later ones get a new pair.
    make_anew();
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(bytes);
  const auto read = std::min(size, text.size());
  split(writer_of(message), {text.data(), read}, size - read);
  return size;
}

void OutputChannel::finish(pid_t writer) {
  // All that waits now, as its last lines may stand behind those of others; not what the others write meanwhile.
  int waiting = -1;
  if (read_one()) ::ioctl(reading_.number(), FIONREAD, &waiting);
  while (waiting >= 0) {
    const auto size = read_one();
    if (!size) break;
    waiting -= std::max(static_cast<int>(*size), 1);
  }
  const auto found = unfinished_.find(writer);
  if (found == unfinished_.end()) return;
  hand_out(writer, found->second);
  unfinished_.erase(found);
}

void OutputChannel::hand_out_unfinished() {
  for (const auto& [writer, line] : unfinished_) hand_out(writer, line);
  unfinished_.clear();
}

// An empty line tells nothing, and does not take the place of one that does.
void OutputChannel::hand_out(pid_t writer, std::string_view line, std::size_t cut) {
  if (!line.empty() || cut != 0) reader_.on_line(writer, line, cut);
}

void OutputChannel::split(pid_t writer, std::string_view text, std::size_t cut) {
  std::string joined;
  if (const auto found = unfinished_.find(writer); found != unfinished_.end()) {
    joined = std::move(found->second).append(text);
    unfinished_.erase(found);
    text = joined;
  }
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    hand_out(writer, text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (cut != 0) return hand_out(writer, text, cut);
  if (text.empty()) return;
  if (text.size() >= kLongestLine || unfinished_.size() >= kUnfinishedLines) return hand_out(writer, text);
  unfinished_.emplace(writer, text);
  if (!unfinished_timer_.is_running()) unfinished_timer_.start(kPatience);
}

}  // namespace porterd::session
