// SPDX-License-Identifier: Apache-2.0
//
// One connection served by a stream built-in, in the loop. Reads only while all output has been taken by the kernel,
// so memory is bounded whatever a client does; ends with a half-close and waits a little for the client's own end, as
// closing with unread bytes would make the kernel send a reset that can overtake the answer (RFC 1122, 4.2.2.13).
//
//   serving ──finish, all sent──▶ lingering ──client's end, or kLinger──▶ over (Owner::on_end)
//      └──error, idle deadline──────────────────────────────────────────────▲
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "event/loop.h"
#include "worker/builtin.h"
#include "worker/outcome.h"

namespace porterd::worker {

class StreamSession {
 public:
  /// What it is made from.
  struct Request {
    std::uint64_t id = 0;  ///< for Owner::on_end
    base::Fd socket;       ///< connected; whether it is non-blocking does not matter and stays as it is
    std::unique_ptr<StreamBuiltin> builtin;
    std::chrono::milliseconds idle_timeout{0};  ///< ends the connection when nothing moved for so long; 0: never
  };
  /// How long a client may take to end the connection after it has been told everything.
  static constexpr std::chrono::seconds kLinger{5};

  /// Begins when the loop runs. Destroying it closes the connection and tells nobody.
  StreamSession(event::Loop& loop, Request request, Owner& owner);
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;
  ~StreamSession() = default;

  /// Bytes that moved so far.
  [[nodiscard]] const Outcome& so_far() const { return outcome_; }

 private:
  enum class State : std::uint8_t { starting, serving, lingering };
  enum class Sent : std::uint8_t { all, some, broken };

  void on_readable();
  void on_writable() { advance(); }
  void on_timer();
  void advance();
  [[nodiscard]] Sent send_pending();
  void wait_for(event::Readiness readiness);
  void finish();
  void end(Ending ending, int error = 0);
  void moved();

  std::uint64_t id_;
  base::Fd socket_;
  std::unique_ptr<StreamBuiltin> builtin_;
  std::chrono::milliseconds idle_timeout_;
  Owner& owner_;
  State state_ = State::starting;
  Wish wish_ = Wish::take;
  bool client_has_ended_ = false;
  std::string pending_;   ///< put out by the built-in
  std::size_t sent_ = 0;  ///< of pending_
  base::SteadyTime last_moved_;
  Outcome outcome_;
  event::Watch reading_;
  event::Watch writing_;
  event::Timer timer_;  ///< begins, then watches the idle deadline, then that of lingering
};

}  // namespace porterd::worker
