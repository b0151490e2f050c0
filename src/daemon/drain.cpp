// SPDX-License-Identifier: Apache-2.0
#include "daemon/drain.h"

#include <array>
#include <csignal>

#include "os/process.h"

namespace porterd::daemon {

Drain::Drain(event::Loop& loop, session::SessionTable& sessions, LogRouter& log)
    : loop_(loop), sessions_(sessions), log_(log), timer_(loop, event::callback<&Drain::advance>(*this)) {}

void Drain::stop(const config::Global& global) {
  if (phase_ != DrainPhase::running) return advance();
  phase_ = DrainPhase::draining;
  kill_timeout_ = global.kill_timeout;
  timer_.start(global.drain_timeout);
  on_session_end();
}

void Drain::on_session_end() {
  if (phase_ != DrainPhase::running && sessions_.size() == 0) loop_.stop();
}

void Drain::advance() {
  // A server that TERM ends unseen, as it has a handler, is not asked a third time: KILL is the last word.
  const bool is_draining = phase_ == DrainPhase::draining;
  phase_ = is_draining ? DrainPhase::terminating : DrainPhase::killing;
  signal_sessions(is_draining ? SIGTERM : SIGKILL, is_draining ? "terminating" : "killing");
  if (is_draining) timer_.start(kill_timeout_);
}

void Drain::signal_sessions(int signal, std::string_view event) {
  const std::array fields{log::Field{.name = "sessions", .value = static_cast<std::int64_t>(sessions_.size())}};
  log_.message(base::Level::notice, event, {}, fields);
  sessions_.for_each([signal](session::Session& session) { os::signal_group(session.pid, signal); });
}

}  // namespace porterd::daemon
