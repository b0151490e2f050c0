// SPDX-License-Identifier: Apache-2.0
//
// An intercepted service (`intercept: yes`) is two: the one that clients see, through whose gate each of them goes, and
// behind it that of the server, a wait service on loopback sockets to which a worker relays whom the gate lets in.
#pragma once

#include <chrono>
#include <memory>

#include "base/address.h"
#include "base/result.h"
#include "config/config.h"
#include "daemon/worker_plan.h"

namespace porterd::daemon {

/// The service behind an intercepted one: its server at a port of the kernel's choice on the loopback address of each
/// family that it listens with, for everybody who comes there.
[[nodiscard]] config::Service inner_service(const config::Service& service);

/// How a worker gets clients to `server`, the address of such a socket. Load time only.
[[nodiscard]] base::Result<std::shared_ptr<const WorkerPlan>> make_way(const base::SocketAddress& server,
                                                                       bool is_datagram,
                                                                       std::chrono::milliseconds idle);

}  // namespace porterd::daemon
