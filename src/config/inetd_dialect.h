// SPDX-License-Identifier: Apache-2.0
//
// What the inetds make of the same words of inetd.conf. They agree on the columns and differ in details; each detail is
// a field here, each dialect a row of the table in inetd_dialect.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace porterd::config {

/// Whose inetd.conf it is. `any` takes what one of them takes, and is Debian's where they contradict one another.
enum class InetdDialect : std::uint8_t {
  any,
  bsd,  ///< 4.4BSD, as xinetd -inetd_compat reads it
  freebsd,
  netbsd,
  openbsd,  ///< also Debian's openbsd-inetd
  gnu,      ///< GNU inetutils
};
inline constexpr std::string_view kInetdDialectNames[] = {"any", "bsd", "freebsd", "netbsd", "openbsd", "gnu"};
constexpr std::span<const std::string_view> enum_names(InetdDialect) { return kInetdDialectNames; }

/// The details of a dialect.
struct InetdRules {
  /// Words in quotes: taken as they stand, without their quotes, or the latter with a warning that others differ.
  enum class Quotes : std::uint8_t { literal, removed, doubtful };

  Quotes quotes = Quotes::literal;
  bool joins_lines = true;                   ///< a line that begins with a blank goes on the one before
  bool is_plain_ipv4 = true;                 ///< tcp and udp are IPv4 alone, not both families
  bool is_6_both = false;                    ///< tcp6 takes IPv4 too
  std::string_view wait_separators;          ///< what may stand after wait and nowait, before a number
  bool ignores_wait_suffix = true;           ///< anything else there is left out, else an error
  std::string_view group_separators;         ///< between user and group, in the order in which they are looked for
  bool has_login_class = false;              ///< user/class
  bool has_blocks = false;                   ///< NAME on KEY = VALUE, …; and .include
  std::string_view cps;                      ///< servers that a service may start, as the attribute's rate
  std::string_view cps_wait;                 ///< for how long the service is closed beyond it
  std::uint32_t most_arguments = 0;          ///< argv is cut there; 0: nowhere
  std::string_view local_mode = "0666";      ///< of a UNIX socket
  std::string_view environment = "inherit";  ///< of servers, as the attributes
  std::string_view connection_env = "none";
};

/// What an inetd's command line says for all entries that say nothing else.
struct InetdDefaults {
  std::optional<std::uint32_t> per_minute{};       ///< servers that a service may start; 0: any number
  std::optional<std::uint32_t> instances{};        ///< servers of a service at a time; 0: any number
  std::optional<std::uint32_t> per_source{};       ///< of these for one address; 0: any number
  std::optional<std::uint32_t> per_source_rate{};  ///< connections of one address in a minute; 0: any number
  std::optional<std::uint32_t> backlog{};          ///< listen(2)
  std::string host{};                              ///< where to listen, instead of everywhere
  bool asks_wrappers = false;                      ///< hosts.allow and hosts.deny are asked for each
  bool keeps_environment = false;                  ///< servers get all that porterd was started with
  bool tells_connection = false;                   ///< and both addresses of their connection
};

[[nodiscard]] const InetdRules& rules_of(InetdDialect dialect);

}  // namespace porterd::config
