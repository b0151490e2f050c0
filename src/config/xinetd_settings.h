// SPDX-License-Identifier: Apache-2.0
//
// The settings of one service of xinetd.conf that is to run.
#pragma once

#include "config/document.h"
#include "config/world.h"
#include "config/xinetd_entry.h"

namespace porterd::config {

/// How a service is reached, worked out from socket_type, protocol, flags, bind, v6only and services(5).
struct XinetdPlaceToListen {
  std::string socket_type;
  std::string protocol;  ///< "tcp" or "udp", with 4 or 6 for one family
  std::string address;   ///< numeric, or empty for every one
  std::uint16_t port = 0;
};

/// Reports what is missing or does not fit. Nothing when an error was found.
[[nodiscard]] std::optional<XinetdPlaceToListen> place_to_listen(const XinetdEntry& entry, const XinetdEntry& defaults,
                                                                 const World& world, Diagnostics& found);

/// Everything that porterd is to know about `entry`; what nobody wrote is implied.
[[nodiscard]] std::vector<Setting> xinetd_settings(const XinetdEntry& entry, const XinetdEntry& defaults,
                                                   const XinetdPlaceToListen& place, Diagnostics& found);

}  // namespace porterd::config
