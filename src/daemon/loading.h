// SPDX-License-Identifier: Apache-2.0
//
// From the command line to a configuration: which files, and what the command line says instead of them.
#pragma once

#include "config/loader.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// Makes the options' paths absolute: reloads come after porterd has gone to "/".
void make_paths_absolute(Options& options);

/// Loads what the options name, and puts in what they say themselves. Also for a reload.
[[nodiscard]] config::Loaded load(const Options& options);

/// Adds what is to be said of the command line itself: options that do nothing, and that there is no service where
/// there should be one, which is fatal. At the start only.
void complain_of_command(const Options& options, config::Loaded& loaded);

}  // namespace porterd::daemon
