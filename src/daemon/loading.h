// SPDX-License-Identifier: Apache-2.0
//
// From the command line to a configuration: which files, and what the command line says instead of them.
#pragma once

#include "config/host_book.h"
#include "config/loader.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// Makes the options' paths absolute: reloads come after porterd has gone to "/".
void make_paths_absolute(Options& options);

/// Loads what the options name, and puts in what they say themselves. Also for a reload.
[[nodiscard]] config::Loaded load(const Options& options);
/// The same with what `hosts` knows of the addresses of names, and leaves there which names were asked for.
[[nodiscard]] config::Loaded load(const Options& options, config::HostBook& hosts);

/// Adds what is to be said of the command line itself: options that do nothing, and that there is no service where
/// there should be one, which is fatal. At the start only.
void complain_of_command(const Options& options, config::Loaded& loaded);

}  // namespace porterd::daemon
