// SPDX-License-Identifier: Apache-2.0
//
// Where a service of xinetd.conf listens. Without a family xinetd makes one IPv6 socket that takes IPv4 as well; two
// sockets do the same, and more servers understand their peers' addresses.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/xinetd_settings.h"

namespace porterd::config {
namespace {

class Finder {
 public:
  Finder(const XinetdEntry& entry, const XinetdEntry& defaults, const World& world, Diagnostics& found)
      : entry_(entry), defaults_(defaults), world_(world), found_(found) {}

  bool find(XinetdPlaceToListen& place) {
    const bool is_asked_for_by_name = entry_.has_word("type", "tcpmux") || entry_.has_word("type", "tcpmuxplus");
    if (is_asked_for_by_name) return find_type(place);
    return find_type(place) && find_address(place) && find_port(place) && add_family(place);
  }

 private:
  bool error(const XinetdGiven* at, std::string message, std::string hint = {}) {
    found_.add(Severity::error, at != nullptr ? at->where : entry_.where(), std::move(message), std::move(hint));
    return false;
  }

  // Each of socket_type and protocol follows from the other.
  bool find_type(XinetdPlaceToListen& place) {
    const auto* type = entry_.find("socket_type");
    const auto* protocol = entry_.find("protocol");
    if (type == nullptr && protocol == nullptr)
      return error(nullptr, fmt::format("service '{}' has neither socket_type nor protocol", entry_.name()));
    place.socket_type = type != nullptr ? type->value.text : protocol->value.text == "udp" ? "dgram" : "stream";
    if (place.socket_type != "stream" && place.socket_type != "dgram")
      return error(type, fmt::format("socket_type {} is not served here", place.socket_type), "stream or dgram");
    place.protocol = protocol != nullptr ? protocol->value.text : place.socket_type == "dgram" ? "udp" : "tcp";
    return true;
  }

  bool find_address(XinetdPlaceToListen& place) {
    const auto* bind = entry_.find("bind");
    if (bind == nullptr) bind = defaults_.find("bind");
    if (bind == nullptr) return true;
    // A name may have several addresses; xinetd takes one of the family that it listens with.
    const bool wants_ipv6 = entry_.has_word("flags", "ipv6") || !entry_.has_word("flags", "ipv4");
    const auto& items = bind->value.items;
    const auto fits =
        std::ranges::find_if(items, [&](const auto& item) { return item.text.contains(':') == wants_ipv6; });
    if (fits == items.end() && items.size() > 1)
      return error(bind, fmt::format("bind: no address is of {}", wants_ipv6 ? "IPv6" : "IPv4"));
    place.address = (fits == items.end() ? items.front() : *fits).text;
    return true;
  }

  bool find_port(XinetdPlaceToListen& place) {
    const auto* port = entry_.find("port");
    if (port != nullptr) place.port = static_cast<std::uint16_t>(base::parse_unsigned(port->value.text).value_or(0));
    if (entry_.has_word("type", "rpc")) return true;  // without one the kernel chooses
    if (entry_.has_word("type", "unlisted"))
      return port != nullptr || error(nullptr, fmt::format("service '{}' is UNLISTED, and has no port", entry_.name()));
    const auto listed = world_.service_port(entry_.name(), place.protocol);
    if (!listed)
      return error(nullptr, fmt::format("services(5) does not have '{}' for {}", entry_.name(), place.protocol),
                   port != nullptr ? "type = UNLISTED" : "type = UNLISTED, and port = NUMBER");
    if (port != nullptr && place.port != *listed)
      return error(port, fmt::format("services(5) has port {} for '{}', not {}", *listed, entry_.name(), place.port),
                   "type = UNLISTED lets it have another port");
    place.port = *listed;
    return true;
  }

  bool add_family(XinetdPlaceToListen& place) {
    const auto* v6only = entry_.find("v6only");
    const bool is_only_ipv6 = v6only != nullptr && v6only->value.text == "yes";
    if (place.address == "::") place.address.clear();
    if (!place.address.empty()) return true;
    const bool is_only_ipv4 =
        entry_.has_word("flags", "ipv4") && !entry_.has_word("flags", "ipv6") && !is_ipv6_wildcard();
    if (is_only_ipv4) {
      place.protocol += '4';
    } else if (is_only_ipv6) {
      place.protocol += '6';
    }
    return true;
  }

  [[nodiscard]] bool is_ipv6_wildcard() const {
    const auto* bind = entry_.find("bind");
    return bind != nullptr && bind->value.items.front().text == "::";
  }

  const XinetdEntry& entry_;
  const XinetdEntry& defaults_;
  const World& world_;
  Diagnostics& found_;
};

}  // namespace

std::optional<XinetdPlaceToListen> place_to_listen(const XinetdEntry& entry, const XinetdEntry& defaults,
                                                   const World& world, Diagnostics& found) {
  XinetdPlaceToListen place;
  if (!Finder(entry, defaults, world, found).find(place)) return std::nullopt;
  return place;
}

}  // namespace porterd::config
