// SPDX-License-Identifier: Apache-2.0
//
// Messages on their way to an end that may be slow to read: those that the channel does not take at once wait here, in
// their order, for as long as it takes. What is over must be told.
#pragma once

#include <deque>
#include <vector>

#include "event/loop.h"
#include "worker/channel.h"

namespace porterd::worker {

class Outbox {
 public:
  /// `emptied` is called when the last one that had to wait has gone.
  Outbox(event::Loop& loop, Channel& channel, event::Callback emptied);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox() = default;

  /// Sends, or keeps for later. It is forgotten when nobody is there any more.
  template <WireMessage M>
  void send(const M& message, base::Fd descriptor = {}) {
    post(std::as_bytes(std::span(&message, 1)), std::move(descriptor));
  }
  [[nodiscard]] bool is_empty() const { return waiting_.empty(); }

 private:
  struct Letter {
    std::vector<std::byte> bytes;
    base::Fd descriptor;
  };
  void post(std::span<const std::byte> bytes, base::Fd descriptor);
  void deliver();

  static constexpr std::chrono::milliseconds kAgain{5};
  Channel& channel_;
  event::Callback emptied_;
  event::Timer timer_;
  std::deque<Letter> waiting_;
};

}  // namespace porterd::worker
