// SPDX-License-Identifier: Apache-2.0
//
// Notices that children have ended. To be woken for each of them costs more than all else that porterd does for a
// connection, so while ends come thick and fast SIGCHLD is not listened to, as a network driver does with its
// interrupts: children are then collected before each accept, and by a timer when nobody comes.
//
//   listening ── two signals within kPause ──▶ hushed ── none ended for kPause ──▶ listening
#pragma once

#include <chrono>

#include "base/clock.h"
#include "base/result.h"
#include "event/loop.h"
#include "os/signals.h"
#include "session/session_table.h"

namespace porterd::session {

class Reaper {
 public:
  /// An end is noticed so much later at most; never later when somebody waits for it (Session::is_awaited).
  static constexpr std::chrono::milliseconds kPause{5};

  /// `signals` holds SIGCHLD and nothing else.
  Reaper(event::Loop& loop, SessionTable& sessions, os::SignalQueue signals);

  /// SIGCHLD ends sessions from now on.
  void listen() { watch_.arm(); }
  /// Before a client is admitted: counts are to be true.
  void poll();

 private:
  void on_signal();
  void on_timer();
  void hush();
  [[nodiscard]] bool has_many() const { return sessions_.processes() > kFewChildren; }

  /// The kernel walks over all children for a sweep. With more than this a child is reaped by the pid that the signal
  /// names, which costs the same however many live; those whose signals were merged are swept up a little later.
  static constexpr std::size_t kFewChildren = 256;
  static constexpr std::chrono::milliseconds kSweepDelay{100};
  SessionTable& sessions_;
  os::SignalQueue signals_;
  event::Watch watch_;
  event::Timer timer_;  ///< runs while hushed, and before a late sweep
  base::SteadyTime last_signal_{};
  bool has_reaped_ = false;  ///< since the timer was started
};

}  // namespace porterd::session
