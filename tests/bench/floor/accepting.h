// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "launch.h"
#include "options.h"

namespace bench {

/// Accepts for ever and launches the service for each connection.
[[noreturn]] void launch_for_each(const Options& options, Launch launch);

/// Accepts for ever and closes each connection at once.
[[noreturn]] void refuse_each(const Options& options);

/// Accepts for ever and writes one line to each connection: a service without a process.
[[noreturn]] void answer_each(const Options& options);

}  // namespace bench
