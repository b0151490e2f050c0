// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace bench {

/// Leads each connection to options.target_port, by splice(2), in one epoll loop.
[[noreturn]] void relay(const Options& options);

/// Sends back what it gets on each connection, in one epoll loop.
[[noreturn]] void echo(const Options& options);

/// Sends each datagram back.
[[noreturn]] void echo_datagrams(const Options& options);

/// Launches the service on the datagram socket whenever something waits there, and waits for its end.
[[noreturn]] void wait_for_datagrams(const Options& options);

}  // namespace bench
