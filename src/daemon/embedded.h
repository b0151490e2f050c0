// SPDX-License-Identifier: Apache-2.0
//
// The example that `porterd --demo` serves: unprivileged ports on the loopback, programs that every machine has.
#pragma once

#include <sys/types.h>

#include <string>

namespace porterd::daemon {

/// A main configuration file, as text. Servers run as nobody when porterd may choose, else as whoever started it.
[[nodiscard]] std::string demo_config(uid_t our_uid);

/// What to type to see it answer.
extern const char kDemoWords[];

}  // namespace porterd::daemon
