// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "migration/unit_keys.h"

namespace porterd::migration {
namespace {

using config::plain;
using config::quotable;
using config::Value;

std::string type_of(std::string_view key) {
  if (key == "ListenDatagram") return "dgram";
  return key == "ListenSequentialPacket" ? "seqpacket" : "stream";
}

Value local_place(const UnitFacts& facts, const std::string& path) {
  if (facts.socket_user.empty() && facts.socket_group.empty() && facts.socket_mode.empty()) return quotable(path);
  auto map = config::map_of({{"path", quotable(path)}});
  const auto add = [&](std::string_view key, Value value) {
    map.entries.emplace_back(quotable(std::string(key)), std::move(value));
  };
  if (!facts.socket_user.empty()) add("owner", quotable(facts.socket_user));
  if (!facts.socket_group.empty()) add("group", quotable(facts.socket_group));
  if (!facts.socket_mode.empty()) add("mode", plain(facts.socket_mode));
  return map;
}

// "80" and "[::]:80" are every address of both families, unless the unit says that they are of IPv6 alone.
std::string port_place(const UnitFacts& facts, std::string text) {
  constexpr std::string_view kEverywhere = "[::]:";
  if (text.starts_with(kEverywhere)) text.erase(0, kEverywhere.size());
  if (facts.is_only_ipv6 && !text.contains(':')) text.insert(0, kEverywhere);
  if (facts.device.empty()) return text;
  const auto colon = text.rfind(':');
  return colon == std::string::npos ? fmt::format("%{}:{}", facts.device, text)
                                    : fmt::format("{}%{}{}", text.substr(0, colon), facts.device, text.substr(colon));
}

std::optional<Value> place_of(UnitBuilder& builder, const UnitSetting& from) {
  const auto text = builder.text_of(from);
  if (!text) return std::nullopt;
  if (text->starts_with('@')) return quotable(*text);
  if (text->starts_with('/')) return local_place(builder.facts, *text);
  if (text->contains("vsock")) {
    builder.refuse(from, "porterd listens on no vsock addresses");
    return std::nullopt;
  }
  const bool is_port = base::parse_unsigned(*text).has_value();
  if (!is_port && !text->contains(':')) {
    builder.refuse(from, fmt::format("'{}' is not understood", *text), "a port, ADDRESS:PORT or a path");
    return std::nullopt;
  }
  auto place = port_place(builder.facts, *text);
  return base::parse_unsigned(place) ? plain(place) : quotable(place);
}

}  // namespace

std::vector<UnitPlaces> places_of_unit(UnitBuilder& builder) {
  // An empty value takes away what was listed of all kinds.
  std::vector<UnitSetting> listed;
  for (const auto& from : builder.facts.listen) {
    if (from.value.empty()) {
      listed.clear();
    } else {
      listed.push_back(from);
    }
  }
  std::vector<UnitPlaces> all;
  for (const auto& from : listed) {
    auto place = place_of(builder, from);
    if (!place) continue;
    const auto type = type_of(from.key);
    auto found = std::ranges::find(all, type, &UnitPlaces::socket_type);
    if (found == all.end())
      found = all.insert(all.end(), {.socket_type = type, .listen = config::list_of({}), .where = from.where});
    place->where = from.where;
    for (auto& [key, entry] : place->entries) key.where = entry.where = from.where;
    found->listen.where = from.where;
    found->listen.items.push_back(std::move(*place));
    if (listed.size() > 1 && !builder.facts.accepts)
      builder.change(from, "each place has a server of its own, which gets this socket alone");
  }
  return all;
}

}  // namespace porterd::migration
