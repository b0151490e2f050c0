// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace bench {

/// Datagrams of `block` bytes to a server that echoes, `clients` of them in flight; those that do not come back count.
void run_datagrams(const Options& options);

/// One datagram at a time, the next one as soon as the answer is there: what a service with `wait: yes` gets.
void run_requests(const Options& options);

}  // namespace bench
