// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace bench {

/// Opens `count` connections, `clients` at a time, reads `expect` from each, prints what came of it, and keeps them all
/// until standard input ends or the time is over.
void hold_connections(const Options& options);

}  // namespace bench
