// SPDX-License-Identifier: Apache-2.0
//
// The example that `porterd --demo` serves: unprivileged ports on the loopback, programs that every machine has.
#pragma once

namespace porterd::daemon {

/// A main configuration file, as text.
extern const char kDemoConfig[];

/// What to type to see it answer.
extern const char kDemoWords[];

}  // namespace porterd::daemon
