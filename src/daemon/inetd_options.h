// SPDX-License-Identifier: Apache-2.0
//
// The command lines of the inetds: OpenBSD's and Debian's, GNU inetutils', FreeBSD's and NetBSD's. All share one table;
// a row says whose option it is. porterd's common options (--check, --dump …) are taken as well.
#pragma once

#include <span>

#include "base/result.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// `arguments` begins with the program's name. With InetdDialect::any the options of all inetds are taken.
[[nodiscard]] base::Result<Options> parse_inetd_options(std::span<char* const> arguments, config::InetdDialect dialect);

}  // namespace porterd::daemon
