// SPDX-License-Identifier: Apache-2.0
//
// What is different when porterd stands in for another super-daemon, beside its command line.
#pragma once

#include <sys/types.h>

#include <optional>

#include "config/loader.h"
#include "daemon/daemon.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// What signals do. xinetd reloads on USR2 and heeds INT only with -d; inetd's end leaves its servers alone.
[[nodiscard]] SignalHabits habits_of(const Options& options);

/// The umask(2) that servers have where nothing else is said: ours, and 022 at least in xinetd's place. Nothing when
/// porterd is itself. To be asked before ours is set.
[[nodiscard]] std::optional<mode_t> umask_of_servers(Personality personality);

/// Writes what is wrong with a configuration that cannot be used to the log that the command line names, as nobody may
/// look at standard error.
void log_failure(const config::Loaded& loaded);

}  // namespace porterd::daemon
