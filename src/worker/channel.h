// SPDX-License-Identifier: Apache-2.0
//
// One end of the pair that porterd and a worker speak over: sends messages of wire.h, takes those that are permitted.
// Never waits.
#pragma once

#include <array>
#include <cstring>
#include <expected>

#include "base/fd.h"
#include "worker/wire.h"

namespace porterd::worker {

/// A message that was permitted.
class Incoming {
 public:
  [[nodiscard]] Kind kind() const;
  /// The message, which must be of M's kind.
  template <WireMessage M>
  [[nodiscard]] M as() const {
    M message;
    std::memcpy(&message, bytes_.data(), sizeof message);
    return message;
  }
  base::Fd descriptor;  ///< open when its permit says so

 private:
  friend class Channel;
  std::array<std::byte, kLargestMessage> bytes_{};
};

/// Why there is no message.
enum class NoMessage : std::uint8_t {
  none,      ///< none has come yet
  finished,  ///< the other end sends no more
  nonsense,  ///< what came is not permitted, or cannot be read
};

class Channel {
 public:
  Channel() = default;
  /// Takes what the other end may send from `permits`.
  Channel(base::Fd socket, std::span<const Permit> permits) : socket_(std::move(socket)), permits_(permits) {}

  [[nodiscard]] int number() const { return socket_.number(); }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }

  /// The error is the errno: EAGAIN or ETOOMANYREFS when the other end has to read first, EPIPE when it has gone.
  template <WireMessage M>
  [[nodiscard]] std::expected<void, int> send(const M& message, int descriptor = -1) {
    return send_bytes(std::as_bytes(std::span(&message, 1)), descriptor);
  }
  /// Says that nothing more will be sent.
  void finish();
  /// Takes the next message, from an end that is in `state`.
  [[nodiscard]] std::expected<Incoming, NoMessage> receive(State state);
  /// send(), for a message that stands in bytes already.
  [[nodiscard]] std::expected<void, int> send_bytes(std::span<const std::byte> bytes, int descriptor);

 private:
  base::Fd socket_;
  std::span<const Permit> permits_;
};

}  // namespace porterd::worker
