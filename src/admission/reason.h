// SPDX-License-Identifier: Apache-2.0
//
// Why a connection is not served. The names are part of the log's interface, porterd(8).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace porterd::admission {

/// In the order in which the gate asks; the last ones are not the gate's.
enum class Reason : std::uint8_t {
  cps,              ///< more connections per second than the service takes
  load,             ///< load average at or above max_load
  time,             ///< outside access_times
  sensor,           ///< the service is a sensor: it serves nobody
  penalty,          ///< the client has connected to a sensor
  address,          ///< no_access, or not in only_from
  unresolved,       ///< no_access names a host that could not be resolved: fails closed
  cps_per_source,   ///< more connections than the service takes from this source in that time
  max_sessions,     ///< the daemon as a whole serves as many as it may
  instances,        ///< the service serves as many as it may
  per_source,       ///< this source has as many as it may
  ident,            ///< its ident server has not said who it is
  banner,           ///< it did not take its banner, or went meanwhile
  libwrap,          ///< hosts.allow and hosts.deny; asked after all others, by porterd-tcpd
  unknown_service,  ///< a client of tcpmux asked for one that it cannot have
  unavailable,      ///< … or for one that takes no connections now
};
inline constexpr std::string_view kReasonNames[] = {
    "cps",          "load",      "time",       "sensor", "penalty", "address", "unresolved",      "cps_per_source",
    "max_sessions", "instances", "per_source", "ident",  "banner",  "libwrap", "unknown_service", "unavailable"};
constexpr std::span<const std::string_view> enum_names(Reason) { return kReasonNames; }

}  // namespace porterd::admission
