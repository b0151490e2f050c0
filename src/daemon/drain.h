// SPDX-License-Identifier: Apache-2.0
//
// The end of the daemon: listeners are closed, sessions may finish, then they are told to, then they are killed.
//
//   running ─stop()─▶ draining ─drain_timeout or stop() again─▶ terminating ─kill_timeout─▶ killing
//                        └───────────── the last session has ended, from any of them ─────────────▶ done
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "config/config.h"
#include "daemon/log_router.h"
#include "event/loop.h"
#include "session/session_table.h"

namespace porterd::daemon {

enum class DrainPhase : std::uint8_t { running, draining, terminating, killing };

class Drain {
 public:
  Drain(event::Loop& loop, session::SessionTable& sessions, LogRouter& log);

  /// SIGTERM: begins, or goes on to the next phase.
  void stop(const config::Global& global);
  [[nodiscard]] bool is_running() const { return phase_ == DrainPhase::running; }
  /// A session has ended: when it was the last one while draining, the loop ends.
  void on_session_end();

 private:
  void advance();
  void signal_sessions(int signal, std::string_view event);

  event::Loop& loop_;
  session::SessionTable& sessions_;
  LogRouter& log_;
  event::Timer timer_;
  std::chrono::milliseconds kill_timeout_{0};
  DrainPhase phase_ = DrainPhase::running;
};

}  // namespace porterd::daemon
