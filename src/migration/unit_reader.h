// SPDX-License-Identifier: Apache-2.0
//
// Socket units of systemd, with the services that they start, as sections of porterd's:
//
//   finger.socket, finger@.service   Accept=yes: a server for each connection
//   finger.socket, finger.service    Accept=no: one server that accepts for itself
//   finger.socket.d/*.conf, …        drop-ins of both
//
// What is not taken, or means something else, is a diagnostic at its key. Load time only.
#pragma once

#include <string>

#include "config/loader.h"
#include "config/world.h"

namespace porterd::migration {

/// Reads a .socket file, or all of a directory. A service unit is looked for beside its socket, and then where systemd
/// has units. Fatal when there is no socket unit.
[[nodiscard]] config::Original read_units(const std::string& path, const config::World& world);

}  // namespace porterd::migration
