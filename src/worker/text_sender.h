// SPDX-License-Identifier: Apache-2.0
//
// Sends a text that may be larger than a socket's buffer, with a deadline for the whole of it, and gives the socket on
// when the kernel has taken everything. Reads nothing: what the client says meanwhile is for whoever comes next. The
// text is shared by all who send it, so a client that reads slowly costs no copy.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/outcome.h"

namespace porterd::worker {

class TextSenderOwner {
 public:
  TextSenderOwner() = default;
  TextSenderOwner(const TextSenderOwner&) = delete;
  TextSenderOwner& operator=(const TextSenderOwner&) = delete;
  virtual ~TextSenderOwner() = default;
  /// All of it is on its way. The sender may be destroyed here; so with on_not_sent.
  virtual void on_sent(std::uint64_t id, base::Fd socket, std::uint64_t bytes_out) noexcept = 0;
  /// too_late or client_broke. The socket is closed.
  virtual void on_not_sent(std::uint64_t id, const Outcome& outcome) noexcept = 0;
};

class TextSender {
 public:
  struct Request {
    std::uint64_t id = 0;
    base::Fd socket;  ///< connected; whether it is non-blocking does not matter and stays as it is
    std::shared_ptr<const std::string> text;
    std::chrono::milliseconds deadline{0};
  };
  /// Begins when the loop runs. Destroying it closes the connection and tells nobody.
  TextSender(event::Loop& loop, Request request, TextSenderOwner& owner);
  TextSender(const TextSender&) = delete;
  TextSender& operator=(const TextSender&) = delete;
  ~TextSender() = default;

  /// Bytes that were sent so far.
  [[nodiscard]] Outcome so_far() const { return {.bytes_out = sent_}; }

 private:
  void on_writable();
  void on_deadline() { end(Ending::too_late); }
  void end(Ending ending, int error = 0);

  Request request_;
  TextSenderOwner& owner_;
  std::size_t sent_ = 0;
  event::Watch writing_;
  event::Timer deadline_;
};

}  // namespace porterd::worker
