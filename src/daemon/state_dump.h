// SPDX-License-Identifier: Apache-2.0
//
// The state of porterd as text, for SIGUSR1: what xinetd's state dump tells, under the same headings. Each service with
// its configuration, state, listeners and counts; each server that runs; totals.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "daemon/service_set.h"
#include "session/session_table.h"

namespace porterd::daemon {

/// `main_file`: what messages call the main file of the configuration.
[[nodiscard]] std::string describe_state(const config::Config& config, std::string_view main_file, ServiceSet& services,
                                         session::SessionTable& sessions);

/// Appends `text` to the file, made with mode 0600 when absent: environments may hold secrets. Refuses links, and
/// whatever is no regular file of our own.
[[nodiscard]] base::Status append_dump(const std::string& path, std::string_view text);

}  // namespace porterd::daemon
