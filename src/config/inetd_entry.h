// SPDX-License-Identifier: Apache-2.0
//
// One entry of inetd.conf: its fields taken apart, each with its place, and from there a section of settings. A part of
// the reader (inetd_reader.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/inetd_dialect.h"
#include "config/inetd_text.h"

namespace porterd::config {

/// Which families a service listens with, as bits.
using Families = std::uint8_t;
inline constexpr Families kIpv4 = 1;
inline constexpr Families kIpv6 = 2;
inline constexpr Families kBothFamilies = kIpv4 | kIpv6;

struct InetdEntry {
  /// What cannot be served, and why nothing is to be said about other fields.
  enum class Kind : std::uint8_t { server, internal, rpc, tcpmux };

  InetdWord service{};                   ///< a name, a port or a path; without the address
  std::vector<InetdWord> hosts{};        ///< addresses to listen at, empty: all
  std::vector<InetdWord> local_owner{};  ///< FreeBSD's :user:group:mode: before a path: none or three
  InetdWord socket_type{};
  InetdWord protocol{};
  std::string transport{};  ///< tcp, udp or unix
  Families families = kBothFamilies;
  std::string family_digits{};  ///< 4, 6, 46, 6only or nothing, as written
  bool wait = false;
  InetdWord wait_word{};
  std::optional<InetdWord> per_minute{};  ///< servers that may be started
  std::optional<InetdWord> instances{};
  std::optional<InetdWord> per_source{};
  std::optional<InetdWord> per_source_rate{};  ///< connections a minute
  std::optional<InetdWord> backlog{};
  bool asks_wrappers = false;  ///< hosts.allow and hosts.deny
  InetdWord user{};
  std::optional<InetdWord> group{};
  InetdWord server{};
  std::vector<InetdWord> argv{};
  Kind kind = Kind::server;
  bool is_off = false;  ///< NetBSD: read, but not served
  bool is_bad = false;  ///< an error has been reported
};

/// Takes fields apart. Every complaint goes to the diagnostics, and an error marks the entry as bad.
class InetdFields {
 public:
  InetdFields(InetdDialect dialect, Diagnostics& diagnostics) : rules_(rules_of(dialect)), diagnostics_(diagnostics) {}

  /// The entry that these words are, in columns. `default_hosts` count when it names no address.
  [[nodiscard]] InetdEntry entry_of(std::vector<InetdWord> words, const std::vector<InetdWord>& default_hosts);

  /// Single fields, also for key = value blocks.
  void take_service(InetdEntry& entry, InetdWord word, const std::vector<InetdWord>& default_hosts);
  void take_socket_type(InetdEntry& entry, InetdWord word);
  void take_protocol(InetdEntry& entry, InetdWord word);
  void take_wait(InetdEntry& entry, InetdWord word);
  void take_user(InetdEntry& entry, InetdWord word);
  void take_server(InetdEntry& entry, InetdWord word);
  void take_arguments(InetdEntry& entry, std::vector<InetdWord> words);

  /// The addresses of "a,b", none for "*".
  [[nodiscard]] static std::vector<InetdWord> hosts_of(const InetdWord& word);

  void error(InetdEntry& entry, const Location& where, std::string message, std::string hint = {});
  void warn(const Location& where, std::string message, std::string hint = {});
  void note(const Location& where, std::string message, std::string hint = {});
  /// The word if it is a number above zero; else nothing, and an error.
  [[nodiscard]] std::optional<InetdWord> count_of(InetdEntry& entry, InetdWord word, std::string_view what);

 private:
  void take_wait_suffix(InetdEntry& entry, const InetdWord& word, std::size_t length);
  void take_slashes(InetdEntry& entry, const InetdWord& word, std::size_t begin);
  void drop_bad_hosts(InetdEntry& entry);
  void take_local_owner(InetdEntry& entry);

  const InetdRules& rules_;
  Diagnostics& diagnostics_;
};

/// The entry as settings of a service that is called `id`. An entry that cannot be served is a bad section; why not has
/// been said by then.
[[nodiscard]] Section section_of(const InetdEntry& entry, const InetdRules& rules, const std::string& id);

/// The attribute `protocol`: tcp, tcp4, tcp6, udp, udp4, udp6 or unix.
[[nodiscard]] std::string protocol_of(const InetdEntry& entry);

/// What the service of an entry is called: the name or port, or the last part of a path.
[[nodiscard]] std::string name_of(const InetdEntry& entry);

}  // namespace porterd::config
