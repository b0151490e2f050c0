// SPDX-License-Identifier: Apache-2.0
//
// Connections that last, to a server that echoes.
#pragma once

#include "options.h"

namespace bench {

/// Sends `bytes` through each of `clients` connections, both ways at once, and checks what comes back.
void run_echo(const Options& options);

/// Messages of `block` bytes there and back, `count` in all, one at a time on each of `clients` connections.
void run_round_trips(const Options& options);

/// Is the server that a relay leads to: gives each connection `bytes` bytes and then closes it.
void run_source(const Options& options);

}  // namespace bench
