// SPDX-License-Identifier: Apache-2.0
#include "worker/outbox.h"

#include <cerrno>

namespace porterd::worker {
namespace {

bool is_to_wait(const std::expected<void, int>& sent) {
  return !sent && (sent.error() == EAGAIN || sent.error() == ETOOMANYREFS || sent.error() == ENOBUFS);
}

}  // namespace

Outbox::Outbox(event::Loop& loop, Channel& channel, event::Callback emptied)
    : channel_(channel), emptied_(emptied), timer_(loop, event::callback<&Outbox::deliver>(*this)) {}

void Outbox::post(std::span<const std::byte> bytes, base::Fd descriptor) {
  if (waiting_.empty() && !is_to_wait(channel_.send_bytes(bytes, descriptor.number()))) return;
  waiting_.push_back({.bytes = {bytes.begin(), bytes.end()}, .descriptor = std::move(descriptor)});
  if (!timer_.is_running()) timer_.start(kAgain);
}

void Outbox::deliver() {
  while (!waiting_.empty()) {
    const Letter& letter = waiting_.front();
    if (is_to_wait(channel_.send_bytes(letter.bytes, letter.descriptor.number()))) return timer_.start(kAgain);
    waiting_.pop_front();
  }
  emptied_.function(emptied_.object);
}

}  // namespace porterd::worker
