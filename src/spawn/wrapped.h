// SPDX-License-Identifier: Apache-2.0
//
// Servers behind hosts.allow and hosts.deny, hosts_access(5). Asking these files may look names up, run commands and
// take its time, so it is done in the server's own process: porterd-tcpd is started in its place, asks, and becomes the
// server or ends.
#pragma once

#include <optional>
#include <string>

#include "config/config.h"
#include "spawn/stage.h"

namespace porterd::spawn {

/// The service with porterd-tcpd, which is at `tcpd`, before its server. `service.libwrap` must be set.
[[nodiscard]] config::Service wrapped(const config::Service& service, std::string tcpd);

/// How porterd-tcpd ended before there was a server.
struct TcpdEnd {
  int error = 0;  ///< of execve(2), or 0: the client was refused
};
/// Nothing when it was the server that ended so. `wait_status` is wait(2)'s.
[[nodiscard]] std::optional<TcpdEnd> tcpd_end(int wait_status);

}  // namespace porterd::spawn
