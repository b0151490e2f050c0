// SPDX-License-Identifier: Apache-2.0
#include "session/reaper.h"

#include <utility>

namespace porterd::session {

Reaper::Reaper(event::Loop& loop, SessionTable& sessions, os::SignalQueue signals)
    : sessions_(sessions),
      signals_(std::move(signals)),
      watch_(loop, signals_.number(), event::callback<&Reaper::on_signal>(*this)),
      timer_(loop, event::callback<&Reaper::on_timer>(*this)) {}

void Reaper::on_signal() {
  const bool is_awaited = sessions_.awaited() > 0;
  for (const auto& signal : signals_.read())
    if (has_many()) sessions_.reap(signal.sender);
  if (has_many()) {
    if (!timer_.is_running()) timer_.start(kSweepDelay);
    return;
  }
  sessions_.sweep();
  const auto now = base::Steady::now();
  if (!is_awaited && now - std::exchange(last_signal_, now) < kPause) hush();
}

void Reaper::hush() {
  watch_.disarm();
  has_reaped_ = false;
  timer_.start(kPause);
}

void Reaper::poll() {
  if (watch_.is_armed()) return;
  if (has_many()) return listen();
  if (sessions_.sweep() > 0) has_reaped_ = true;
}

void Reaper::on_timer() {
  if (sessions_.sweep() > 0) has_reaped_ = true;
  if (watch_.is_armed()) return;
  if (!has_reaped_ || has_many()) return listen();
  hush();
}

}  // namespace porterd::session
