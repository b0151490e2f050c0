// SPDX-License-Identifier: Apache-2.0
#include "worker/channel.h"

#include <sys/socket.h>

#include <cerrno>

#include "os/descriptor_passing.h"

namespace porterd::worker {

Kind Incoming::kind() const {
  Kind kind{};
  std::memcpy(&kind, bytes_.data(), sizeof kind);
  return kind;
}

std::expected<void, int> Channel::send_bytes(std::span<const std::byte> bytes, int descriptor) {
  return os::send_message(socket_.number(), bytes, descriptor);
}

void Channel::finish() { ::shutdown(socket_.number(), SHUT_WR); }

std::expected<Incoming, NoMessage> Channel::receive(State state) {
  Incoming incoming;
  auto received = os::receive_message(socket_.number(), incoming.bytes_);
  if (!received) {
    if (received.error() == EAGAIN || received.error() == EINTR) return std::unexpected(NoMessage::none);
    return std::unexpected(received.error() == ECONNRESET ? NoMessage::finished : NoMessage::nonsense);
  }
  if (received->is_nothing) return std::unexpected(NoMessage::finished);
  const bool has_descriptor = received->descriptor.is_open();
  if (received->is_cut || !is_permitted(permits_, state, incoming.kind(), received->size, has_descriptor))
    return std::unexpected(NoMessage::nonsense);
  incoming.descriptor = std::move(received->descriptor);
  return incoming;
}

}  // namespace porterd::worker
