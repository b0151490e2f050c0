// SPDX-License-Identifier: Apache-2.0
#include "daemon/standing_in.h"

#include <sys/stat.h>

#include "daemon/log_router.h"
#include "event/loop.h"

namespace porterd::daemon {

SignalHabits habits_of(const Options& options) {
  using enum SignalAction;
  switch (options.personality) {
    case Personality::xinetd:
      return {.interrupt = options.is_interrupted ? stop : ignore, .user2 = reload};
    case Personality::inetd:
      return {.interrupt = leave, .terminate = leave};
    default:
      return {};
  }
}

std::optional<mode_t> umask_of_servers(Personality personality) {
  constexpr mode_t kXinetds = 022;
  const mode_t ours = ::umask(kXinetds);
  ::umask(ours);
  switch (personality) {
    case Personality::porterd:
      return std::nullopt;
    case Personality::xinetd:
      return ours | kXinetds;
    default:
      return ours;
  }
}

void log_failure(const config::Loaded& loaded) {
  auto loop = porterd::event::Loop::make();  // libevent has an `event`, too
  const bool is_terminal = loaded.config.global.log_type.kind == config::LogTarget::Kind::standard_error;
  if (!loop || is_terminal) return;
  LogRouter log(*loop);
  if (!log.configure(loaded.config.global)) return;
  write_diagnostics(log, loaded.diagnostics);
  log.flush();
}

}  // namespace porterd::daemon
