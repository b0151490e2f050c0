// SPDX-License-Identifier: Apache-2.0
//
// Where a service listens, worked out when the configuration is read: one Point for each socket. A port without an
// address is two points, IPv4 and IPv6, so that servers which know only one of them work and no address is v4-mapped.
#pragma once

#include <optional>
#include <vector>

#include "config/config.h"
#include "os/socket.h"

namespace porterd::listen {

/// Owner, group and mode of a UNIX socket's path; -1 leaves owner or group as they are.
struct PathAccess {
  uid_t owner = static_cast<uid_t>(-1);
  gid_t group = static_cast<gid_t>(-1);
  mode_t mode = 0666;
  friend bool operator==(const PathAccess&, const PathAccess&) = default;
};

/// What tells one socket from another: a socket bound for a place serves whoever wants that place.
struct Place {
  base::SocketAddress address;
  int type = 0;
  std::string device;
  std::string chosen_for;  ///< port 0, which the kernel chooses: the id of the service that has it; else empty
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// One socket to be.
struct Point {
  os::BindRequest request;
  std::uint32_t backlog = 0;  ///< 0: net.core.somaxconn
  std::optional<PathAccess> path_access;
  std::string chosen_for;  ///< see Place

  /// "tcp 127.0.0.1:79", "udp [::]:69 on eth0", "unix /run/x.sock".
  [[nodiscard]] std::string text() const;
  /// All other settings can change while the socket stays.
  [[nodiscard]] Place place() const {
    return {.address = request.address, .type = request.type, .device = request.device, .chosen_for = chosen_for};
  }
};

/// The points of a compiled service.
[[nodiscard]] std::vector<Point> points_of(const config::Service& service);

}  // namespace porterd::listen
