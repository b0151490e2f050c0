// SPDX-License-Identifier: Apache-2.0
//
// What xinetd's main log says about a reconfiguration, for log_format: xinetd.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace porterd::daemon {

/// The lines after "Starting reconfiguration": each service that stays or goes, in the old order, and the totals. One
/// that listens elsewhere or waits otherwise is another service to xinetd.
[[nodiscard]] std::vector<std::string> xinetd_reload_lines(const config::Config& before, const config::Config& after);

}  // namespace porterd::daemon
