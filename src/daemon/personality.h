// SPDX-License-Identifier: Apache-2.0
//
// Whose place porterd takes: called by the name of another super-daemon, or told so by its first option, it takes that
// program's command line and signals.
//
//   xinetd …                 porterd --xinetd …              xinetd_options.h
//   inetd …                  porterd --inetd[=DIALECT] …     inetd_options.h; also openbsd-inetd, inetutils-inetd
//   systemd-socket-activate …  porterd --socket-activate …   activate_options.h; also porterd-socket-activate
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "config/inetd_dialect.h"

namespace porterd::daemon {

enum class Personality : std::uint8_t { porterd, xinetd, inetd, socket_activate };

/// Who porterd is this time.
struct Role {
  Personality personality = Personality::porterd;
  config::InetdDialect dialect = config::InetdDialect::any;  ///< inetd: whose
  std::span<char* const> arguments;  ///< of that program; the first is its name, or the option that chose it
};

/// By the last component of the first of main()'s arguments, or by the second: `--xinetd` and `--inetd` when an option
/// or nothing follows (else what follows is a file to serve), `--inetd=DIALECT`, `--socket-activate`.
[[nodiscard]] Role role_of(std::span<char* const> arguments);

/// The inetd of that name; "any" is nobody's.
[[nodiscard]] std::optional<config::InetdDialect> inetd_dialect_of(std::string_view name);

}  // namespace porterd::daemon
