// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_values.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace porterd::config {
namespace {

using base::equal_ignoring_case;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kYesNo{"yes", "no"};
constexpr std::array<std::string_view, 5> kSocketTypes{"stream", "dgram", "raw", "seqpacket", "rdm"};
constexpr std::array<std::string_view, 6> kTypes{"rpc", "internal", "unlisted", "special", "tcpmux", "tcpmuxplus"};
constexpr std::array<std::string_view, 12> kFlags{"intercept", "noretry",   "idonly",    "nameinargs",
                                                  "nodelay",   "keepalive", "nolibwrap", "sensor",
                                                  "ipv4",      "ipv6",      "labeled",   "reuse"};

// The name in `names` that `word` is in any case, at the word's place.
Parsed<Value> read_name(const XinetdWord& word, Names names) {
  const auto found = std::ranges::find_if(names, [&](auto name) { return equal_ignoring_case(name, word.text); });
  if (found == names.end())
    return reject_word(word, fmt::format("'{}' is not known here", word.text),
                       did_you_mean(base::to_lower(word.text), names, one_of(names)));
  return xinetd_plain(word, std::string(*found));
}

Parsed<Value> read_names(const XinetdAssignment& line, Names names) {
  if (auto has = require_values(line); !has) return std::unexpected(std::move(has).error());
  std::vector<Value> items;
  for (const auto& word : line.values) {
    auto name = read_name(word, names);
    if (!name) return name;
    items.push_back(std::move(*name));
  }
  return xinetd_list(line, std::move(items));
}

Parsed<Value> reject_unknown(const XinetdWord& word, std::string message) {
  auto rejection = reject_word(word, std::move(message));
  rejection.error().kind = Rejection::Kind::unknown_here;
  return rejection;
}

bool is_number(std::string_view text) { return base::parse_unsigned(text).has_value(); }

// xinetd works in "/", which is where relative paths lead.
std::string from_root(const XinetdWord& word, const Context& context) {
  if (word.text.starts_with('/')) return std::string(word.text);
  auto path = fmt::format("/{}", word.text);
  context.warn(word.where, fmt::format("'{}' is not an absolute path", word.text), fmt::format("taken as {}", path));
  return path;
}

}  // namespace

Value xinetd_plain(const XinetdWord& word, std::string text) { return {.text = std::move(text), .where = word.where}; }

Value xinetd_quoted(const XinetdWord& word, std::string text) {
  return {.is_quoted = true, .text = std::move(text), .where = word.where};
}

Value xinetd_list(const XinetdAssignment& line, std::vector<Value> items) {
  return {.kind = Value::Kind::list, .items = std::move(items), .where = line.where_values()};
}

std::unexpected<Rejection> reject_word(const XinetdWord& word, std::string message, std::string hint) {
  return std::unexpected(Rejection{std::move(message), std::move(hint), word.where});
}

Parsed<void> require_values(const XinetdAssignment& line) {
  if (line.values.empty()) return reject_word(line.name, "needs a value");
  return {};
}

Parsed<Value> read_xinetd_word(const XinetdAssignment& line, const Context&) {
  return xinetd_quoted(line.values[0], std::string(line.values[0].text));
}

Parsed<Value> read_xinetd_words(const XinetdAssignment& line, const Context&) {
  std::vector<Value> items;
  for (const auto& word : line.values) items.push_back(xinetd_quoted(word, std::string(word.text)));
  return xinetd_list(line, std::move(items));
}

Parsed<Value> read_xinetd_arguments(const XinetdAssignment& line, const Context& context) {
  if (auto has = require_values(line); !has) return std::unexpected(std::move(has).error());
  return read_xinetd_words(line, context);
}

Parsed<Value> read_xinetd_path(const XinetdAssignment& line, const Context& context) {
  return xinetd_quoted(line.values[0], from_root(line.values[0], context));
}

Parsed<Value> read_xinetd_server(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  auto path = from_root(word, context);
  const auto kind = context.world.path_kind(path);
  if (kind == PathKind::missing) return reject_unknown(word, fmt::format("there is no {}", path));
  // access(2), which xinetd asks, calls a directory executable; what comes of it is a failure at each connection.
  if (kind != PathKind::executable) return reject_unknown(word, fmt::format("{} is not an executable file", path));
  return xinetd_quoted(word, std::move(path));
}

Parsed<Value> read_xinetd_yes_no(const XinetdAssignment& line, const Context&) {
  return read_name(line.values[0], kYesNo);
}

Parsed<Value> read_xinetd_socket_type(const XinetdAssignment& line, const Context&) {
  return read_name(line.values[0], kSocketTypes);
}

// protocols(5) has tcp and udp in capitals as well, and no tcp6.
Parsed<Value> read_xinetd_protocol(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  for (const std::string_view name : {"tcp", "udp"})
    if (equal_ignoring_case(word.text, name)) return xinetd_plain(word, std::string(name));
  return reject_word(word, fmt::format("'{}' is not a protocol that is served here", word.text),
                     "tcp or udp; flags = IPv4 or IPv6 chooses the family");
}

Parsed<Value> read_xinetd_user(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  std::string name(word.text);
  if (!is_number(name) && !context.world.user_named(name))
    return reject_unknown(word, fmt::format("there is no user '{}'", name));
  return xinetd_quoted(word, std::move(name));
}

Parsed<Value> read_xinetd_group(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  std::string name(word.text);
  if (!is_number(name) && !context.world.group_named(name))
    return reject_unknown(word, fmt::format("there is no group '{}'", name));
  return xinetd_quoted(word, std::move(name));
}

Parsed<Value> read_xinetd_port(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  const auto number = base::parse_unsigned(word.text);
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint16_t>::max())
    return reject_word(word, fmt::format("'{}' is not a port's number", word.text), "a number from 1 to 65535");
  return xinetd_plain(word, std::to_string(*number));
}

Parsed<Value> read_xinetd_bind(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  std::string text(word.text);
  in_addr dotted{};
  std::vector<base::IpAddress> addresses;
  if (const auto numeric = base::parse_address(text)) {
    addresses.push_back(*numeric);
  } else if (::inet_aton(text.c_str(), &dotted) != 0) {
    std::array<char, INET_ADDRSTRLEN> canonical{};
    addresses.push_back(*base::parse_address(::inet_ntop(AF_INET, &dotted, canonical.data(), canonical.size())));
  } else if (!text.contains(':')) {
    addresses = context.world.host_addresses(text);
  }
  if (addresses.empty()) return reject_unknown(word, fmt::format("'{}' is no address and no host's name", text));
  std::vector<Value> items;
  for (const auto& address : addresses) items.push_back(xinetd_quoted(word, address.text()));
  return xinetd_list(line, std::move(items));
}

Parsed<Value> read_xinetd_types(const XinetdAssignment& line, const Context&) { return read_names(line, kTypes); }

Parsed<Value> read_xinetd_flags(const XinetdAssignment& line, const Context&) { return read_names(line, kFlags); }

Parsed<Value> read_xinetd_env(const XinetdAssignment& line, const Context&) {
  std::vector<Value> items;
  for (const auto& word : line.values) {
    const auto sign = word.text.find('=');
    if (sign == std::string_view::npos || sign == 0)
      return reject_word(word, fmt::format("'{}' is not NAME=value", word.text));
    items.push_back(xinetd_quoted(word, std::string(word.text)));
  }
  return xinetd_list(line, std::move(items));
}

Parsed<Value> read_xinetd_redirect(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[1];
  const auto number = base::parse_unsigned(word.text);
  const bool is_port = number ? *number > 0 && *number <= std::numeric_limits<std::uint16_t>::max()
                              : context.world.service_port(std::string(word.text), "tcp").has_value();
  if (!is_port) return reject_unknown(word, fmt::format("'{}' is not a port", word.text));
  return read_xinetd_words(line, context);
}

// N, N-M, or N- and the like; which versions there are matters to rpcbind only.
Parsed<Value> read_xinetd_rpc_version(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  const auto ends = base::split(word.text, '-');
  const auto first = base::parse_unsigned(ends[0]);
  const auto last = ends.size() == 2 ? base::parse_unsigned(ends[1]) : first;
  if (ends.size() > 2 || !first || !last || *first > *last)
    return reject_word(word, fmt::format("'{}' is not a version or a range of them", word.text));
  return read_xinetd_word(line, context);
}

Parsed<Value> read_xinetd_number(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  if (!is_number(word.text)) return reject_word(word, fmt::format("'{}' is not a number", word.text));
  return xinetd_plain(word, std::string(word.text));
}

}  // namespace porterd::config
