// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_listen.h"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "config/codecs_access.h"
#include "config/codecs_account.h"
#include "config/codecs_basic.h"
#include "config/codecs_entry.h"

namespace porterd::config {
namespace {

using Port = ListenAddress::Port;
using Local = ListenAddress::Local;

bool is_port_name(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view("-_+").contains(letter);
  });
}

// The port, or the name of one.
Parsed<Port> parse_port(const Value& value, std::string_view text, Port at) {
  if (const auto number = base::parse_unsigned(text)) {
    if (*number > std::numeric_limits<std::uint16_t>::max())  // 0 is for `rpc`; others are refused later
      return reject(value, fmt::format("'{}' is not a port", text), "a port from 1 to 65535");
    at.port = static_cast<std::uint16_t>(*number);
    return at;
  }
  if (text.empty() || !is_port_name(text)) return reject(value, fmt::format("'{}' is not a port", text));
  at.name = text;
  return at;
}

Parsed<Port> parse_device(const Value& value, std::string_view device, Port at, const Context& context) {
  if (device.empty() || device.size() >= IF_NAMESIZE || device.contains('/'))
    return reject(value, fmt::format("'{}' is no name for a network device", device));
  at.device = device;
  if (!context.world.has_interface(at.device))
    context.warn(value.where, fmt::format("there is no network device '{}' now", device));
  return at;
}

Parsed<Port> parse_address_part(const Value& value, std::string_view text, Port at) {
  at.address = base::parse_address(text);
  if (at.address) return at;
  if (!is_host_name(text)) return reject(value, fmt::format("'{}' is neither an address nor a host's name", text));
  at.host = text;
  return at;
}

// "[::1]", "[::1]%eth0", "127.0.0.1", "127.0.0.1%eth0", "%eth0": what stands before the port.
Parsed<Port> parse_host(const Value& value, std::string_view text, const Context& context) {
  Port at;
  std::string_view address = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return reject(value, shown(value) + " lacks a ']'");
    address = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (!address.contains(':')) return reject(value, fmt::format("'{}' is not an IPv6 address", address));
  } else if (const auto percent = text.find('%'); percent != std::string_view::npos) {
    address = text.substr(0, percent);
    rest = text.substr(percent);
  }
  if (!address.empty() || text.starts_with('[')) {
    auto with_address = parse_address_part(value, address, std::move(at));
    if (!with_address) return with_address;
    at = std::move(*with_address);
  }
  if (rest.empty()) return at;
  if (!rest.starts_with('%')) return reject(value, fmt::format("'{}' after the address", rest));
  return parse_device(value, rest.substr(1), std::move(at), context);
}

Parsed<Port> parse_internet(const Value& value, std::string_view text, const Context& context) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return parse_port(value, text, {});
  const auto host = text.substr(0, colon);
  if (host.empty()) return reject(value, shown(value) + " has no address before the ':'");
  if (host.contains(':') && !host.starts_with('['))
    return reject(value, "an IPv6 address stands in brackets here", R"("[::1]:79")");
  auto at = parse_host(value, host, context);
  if (!at) return at;
  return parse_port(value, text.substr(colon + 1), std::move(*at));
}

Parsed<ListenAddress> parse_scalar(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (text->starts_with('/') || text->starts_with('@')) {
    auto name = parse_unix_name(value, *text);
    if (!name) return std::unexpected(std::move(name).error());
    return ListenAddress{Local{.address = std::move(*name)}};
  }
  auto port = parse_internet(value, *text, context);
  if (!port) return std::unexpected(std::move(port).error());
  return ListenAddress{std::move(*port)};
}

Parsed<void> parse_owner(const Value& value, Local& local, const Context& context) {
  if (auto parsed = parse_entry<UserCodec>(value, "owner", local.owner, context); !parsed) return parsed;
  if (auto parsed = parse_entry<GroupCodec>(value, "group", local.group, context); !parsed) return parsed;
  return parse_entry<Octal>(value, "mode", local.mode, context);
}

Parsed<ListenAddress> parse_map(const Value& value, const Context& context) {
  constexpr std::array<std::string_view, 5> kKeys{"path", "address", "owner", "group", "mode"};
  if (const auto known = allow_keys(value, kKeys); !known) return std::unexpected(known.error());
  const auto* path = entry_named(value, "path");
  const auto* address = entry_named(value, "address");
  if ((path == nullptr) == (address == nullptr)) return reject(value, "needs one of 'path' and 'address'");
  const auto& place = path != nullptr ? *path : *address;
  auto listen = parse_scalar(place, context);
  if (!listen) return listen;
  auto* local = std::get_if<Local>(&listen->at);
  const bool is_path = local != nullptr && !local->address.is_abstract;
  if (path != nullptr && !is_path) return reject(place, shown(place) + " is not an absolute path");
  if (!is_path && value.entries.size() > 1)
    return reject(value, "only a UNIX socket with a path has an owner, a group and a mode");
  if (is_path)
    if (auto parsed = parse_owner(value, *local, context); !parsed) return std::unexpected(std::move(parsed).error());
  return listen;
}

// Unlike IpAddress::text() this keeps the scope, as its number.
std::string print_address(const base::IpAddress& address) {
  return address.scope == 0 ? address.text() : fmt::format("{}%{}", address.text(), address.scope);
}

std::string print_port(const Port& at) {
  std::string text = at.host;
  if (at.address) {
    const bool is_ipv6 = at.address->family == base::Family::ipv6;
    text = fmt::format("{}{}{}", is_ipv6 ? "[" : "", print_address(*at.address), is_ipv6 ? "]" : "");
  }
  if (!at.device.empty()) text += '%' + at.device;
  if (!text.empty()) text += ':';
  return text + (at.name.empty() ? std::to_string(at.port) : at.name);
}

Value print_local(const Local& local) {
  if (local == Local{.address = local.address}) return quotable(local.address.text());
  std::vector<std::pair<std::string_view, Value>> entries{{"path", quotable(local.address.name)}};
  if (local.owner) entries.emplace_back("owner", UserCodec::print(*local.owner));
  if (local.group) entries.emplace_back("group", GroupCodec::print(*local.group));
  entries.emplace_back("mode", Octal::print(local.mode));
  return map_of(std::move(entries));
}

}  // namespace

Parsed<base::UnixAddress> parse_unix_name(const Value& value, std::string_view text) {
  // sun_path holds 108 bytes: a path ends with a NUL, an abstract name begins with one (unix(7)).
  constexpr std::size_t kLongest = 107;
  const bool is_abstract = text.starts_with('@');
  if (is_abstract) text.remove_prefix(1);
  if (text.empty() || text == "/") return reject(value, shown(value) + " is no name for a UNIX socket");
  if (text.size() > kLongest)
    return reject(value, fmt::format("a UNIX socket's name of {} bytes does not fit", text.size()),
                  fmt::format("at most {} bytes", kLongest));
  return base::UnixAddress{.name = std::string(text), .is_abstract = is_abstract};
}

Parsed<ListenAddress> ListenCodec::parse(const Value& value, const Context& context) {
  return value.kind == Value::Kind::map ? parse_map(value, context) : parse_scalar(value, context);
}

Value ListenCodec::print(const ListenAddress& value) {
  if (const auto* local = std::get_if<Local>(&value.at)) return print_local(*local);
  const auto& port = std::get<Port>(value.at);
  auto text = print_port(port);
  return base::parse_unsigned(text) ? plain(std::move(text)) : quotable(std::move(text));
}

std::string ListenCodec::schema() {
  const auto map = schema_object({{"path", AbsolutePath::schema()},
                                  {"address", R"({"type": ["string", "integer"]})"},
                                  {"owner", UserCodec::schema()},
                                  {"group", GroupCodec::schema()},
                                  {"mode", Octal::schema()}});
  return schema_any({R"({"type": "integer", "minimum": 0, "maximum": 65535})", R"({"type": "string"})", map});
}

Parsed<BindAddress> BindCodec::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (const auto address = base::parse_address(*text)) return *address;
  if (!is_host_name(*text)) return reject(value, shown(value) + " is neither an address nor a host's name");
  return BindAddress(std::string(*text));
}

Value BindCodec::print(const BindAddress& value) {
  const auto* address = std::get_if<base::IpAddress>(&value);
  return quotable(address != nullptr ? print_address(*address) : std::get<std::string>(value));
}

std::string BindCodec::schema() { return R"({"type": "string"})"; }

Parsed<RpcProgram> RpcCodec::parse(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto slash = text->find('/');
  if (slash == std::string_view::npos || slash == 0) return reject(value, shown(value) + " has no version");
  constexpr std::uint64_t kMostVersions = 100;  // each is a request to rpcbind(8)
  const auto ends = base::split(text->substr(slash + 1), '-');
  const auto first = base::parse_unsigned(ends[0]);
  const auto last = ends.size() == 2 ? base::parse_unsigned(ends[1]) : first;
  if (ends.size() > 2 || !first || !last || *first > *last || *last > std::numeric_limits<std::uint32_t>::max())
    return reject(value, fmt::format("'{}' is not a version or a range of them", text->substr(slash + 1)));
  if (*last - *first >= kMostVersions) return reject(value, fmt::format("more than {} versions", kMostVersions));
  RpcProgram program{.name = std::string(text->substr(0, slash)),
                     .first = static_cast<std::uint32_t>(*first),
                     .last = static_cast<std::uint32_t>(*last)};
  const auto number = base::parse_unsigned(program.name);
  const auto known = number ? std::nullopt : context.world.rpc_program(program.name);
  if (!number && !known)
    return reject_here(value, fmt::format("rpc(5) does not have '{}'", program.name), "its number");
  if (number && (*number == 0 || *number > std::numeric_limits<std::uint32_t>::max()))
    return reject(value, fmt::format("'{}' is not the number of a program", program.name));
  program.number = number ? static_cast<std::uint32_t>(*number) : *known;
  return program;
}

Value RpcCodec::print(const RpcProgram& value) {
  const auto versions =
      value.first == value.last ? std::to_string(value.first) : fmt::format("{}-{}", value.first, value.last);
  return quotable(fmt::format("{}/{}", value.name, versions));
}

std::string RpcCodec::schema() { return R"({"type": "string", "pattern": "^[^/]+/[0-9]+(-[0-9]+)?$"})"; }

}  // namespace porterd::config
