// SPDX-License-Identifier: Apache-2.0
//
// xinetd's command line, xinetd(8): one dash, values as words of their own. Words with two dashes are porterd's common
// options, with their values after '='.
//
// What xinetd does not know it passes over, and start scripts rely on that: so does this, and leaves a notice.
#pragma once

#include <span>

#include "base/result.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// `arguments` without main()'s first. An error is what xinetd ends with its usage for: a value that is missing or of
/// the wrong form, -filelog together with -syslog, a word that is no option.
[[nodiscard]] base::Result<Options> parse_xinetd_options(std::span<char* const> arguments);

}  // namespace porterd::daemon
