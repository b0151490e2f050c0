// SPDX-License-Identifier: Apache-2.0
//
// systemd-socket-activate's command line, systemd-socket-activate(1): addresses, how the socket is passed, and a
// program with its arguments. It becomes one service, as if it stood in a file; where something is wrong with it, the
// command line is shown as that file.
#pragma once

#include <span>

#include "base/result.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// `arguments` begins with the program's name. Looks for the program along PATH.
[[nodiscard]] base::Result<Options> parse_activate_options(std::span<char* const> arguments);

}  // namespace porterd::daemon
