// SPDX-License-Identifier: Apache-2.0
//
// What a reload keeps of a configuration with mistakes: a service that runs and whose file has become bad goes on as it
// was, while the good files take effect. At a start there is nothing to keep, and a bad service is left out.
#pragma once

#include <string_view>

#include "config/config.h"
#include "config/loader.h"

namespace porterd::daemon {

/// Adds to `loaded` the services of `before` that it lacks because of an error: one in the file they came from, in a
/// drop-in for them, or in the main file `main`, whose defaults concern all. Each is noted.
void carry_over(const config::Config& before, std::string_view main, config::Loaded& loaded);

}  // namespace porterd::daemon
