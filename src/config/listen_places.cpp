// SPDX-License-Identifier: Apache-2.0
//
// From `listen`, `port`, `bind` and the service's name to the places where the service listens.
#include <fmt/format.h>

#include <algorithm>

#include "base/enum_names.h"
#include "config/draft.h"

namespace porterd::config {
namespace {

using Port = ListenAddress::Port;

bool is_local(const ListenAddress& place) { return std::holds_alternative<ListenAddress::Local>(place.at); }

bool is_for_dgram(Protocol protocol) {
  return protocol == Protocol::udp || protocol == Protocol::udp4 || protocol == Protocol::udp6;
}

// The one family that `protocol` stands for, if it is one.
std::optional<base::Family> family_of(Protocol protocol) {
  if (protocol == Protocol::tcp4 || protocol == Protocol::udp4) return base::Family::ipv4;
  if (protocol == Protocol::tcp6 || protocol == Protocol::udp6) return base::Family::ipv6;
  return std::nullopt;
}

class Resolver {
 public:
  Resolver(Draft& draft, const World& world, Diagnostics& diagnostics)
      : draft_(draft), service_(draft.service), world_(world), diagnostics_(diagnostics) {}

  void resolve() {
    if (!draft_.is_certain({"service", "listen", "port", "bind", "socket_type", "protocol"})) return;
    take_port();
    apply_bind();
    infer_protocol();
    check_protocol();
    look_up_names();
    look_up_hosts();
  }

 private:
  void error(std::string_view at, std::string message, std::string hint = {}) {
    diagnostics_.add(Severity::error, draft_.where_of(at), std::move(message), std::move(hint));
  }

  // A service of tcpmux need not listen anywhere itself.
  [[nodiscard]] bool is_reached_by_name() const {
    return service_.tcpmux != Tcpmux::no && service_.listen.empty() && !service_.port;
  }

  void take_port() {
    if (is_reached_by_name()) return;
    if (!service_.listen.empty()) {
      if (service_.port) error("port", "port and listen are both given", "put the port into listen");
    } else if (service_.port) {
      service_.listen.push_back({Port{.address = {}, .port = *service_.port, .device = {}, .name = {}}});
    } else if (service_.rpc) {
      service_.listen.push_back({Port{.address = {}, .port = 0, .device = {}, .name = {}}});
    } else {
      service_.listen.push_back({Port{.address = {}, .port = 0, .device = {}, .name = service_.service}});
      is_named_by_service_ = true;
    }
    service_.port.reset();
  }

  void apply_bind() {
    bool is_used = false;
    for (auto& place : service_.listen) {
      auto* port = std::get_if<Port>(&place.at);
      if (!service_.bind || port == nullptr || port->address || !port->host.empty() || !port->device.empty()) continue;
      if (const auto* address = std::get_if<base::IpAddress>(&*service_.bind)) {
        port->address = *address;
      } else {
        port->host = std::get<std::string>(*service_.bind);
      }
      is_used = true;
    }
    if (draft_.sets("bind") && !is_used && !service_.listen.empty())
      diagnostics_.add(Severity::warning, draft_.where_of("bind"), "bind is not used: all places say where they are");
    service_.bind.reset();
  }

  void infer_protocol() {
    if (service_.protocol) return;
    const bool is_by_name = service_.listen.empty() && service_.socket_type == SocketType::stream;
    if (is_by_name) {
      service_.protocol = Protocol::tcp;
    } else if (service_.socket_type == SocketType::seqpacket || std::ranges::all_of(service_.listen, is_local)) {
      service_.protocol = Protocol::local;
    } else {
      service_.protocol = service_.socket_type == SocketType::dgram ? Protocol::udp : Protocol::tcp;
    }
  }

  // A place for each address of a host, of the family that the protocol stands for.
  void look_up_hosts() {
    const auto names_host = [](const ListenAddress& place) {
      const auto* port = std::get_if<Port>(&place.at);
      return port != nullptr && !port->host.empty();
    };
    if (service_.disable || std::ranges::none_of(service_.listen, names_host)) return;
    std::vector<ListenAddress> places;
    std::vector<std::string> unknown;
    for (const auto& place : service_.listen) {
      if (!names_host(place)) {
        add_once(place, places);
      } else if (!add_addresses(std::get<Port>(place.at), places)) {
        unknown.push_back(std::get<Port>(place.at).host);
      }
    }
    // A place that is not known does not cost the others.
    const auto severity = places.empty() ? Severity::error : Severity::warning;
    for (const auto& host : unknown) say_unknown(severity, host);
    service_.listen = std::move(places);
  }

  static void add_once(ListenAddress place, std::vector<ListenAddress>& places) {
    if (std::ranges::find(places, place) == places.end()) places.push_back(std::move(place));
  }

  [[nodiscard]] bool add_addresses(const Port& at, std::vector<ListenAddress>& places) const {
    const auto family = family_of(*service_.protocol);
    bool is_known = false;
    for (const auto& address : world_.host_addresses(at.host)) {
      if (family && address.family != *family) continue;
      Port one = at;
      one.host.clear();
      one.address = address;
      is_known = true;
      add_once({std::move(one)}, places);
    }
    return is_known;
  }

  void say_unknown(Severity severity, const std::string& host) {
    diagnostics_.add(
        severity, draft_.where_of(draft_.sets("listen") ? "listen" : "bind"),
        fmt::format(
            "the host '{}' has no address{} now{}", host,
            family_of(*service_.protocol) ? fmt::format(" for {}", base::name_of(*service_.protocol)) : std::string(),
            severity == Severity::warning ? ": it is left out until the configuration is read again" : ""),
        "an address, or a name in hosts(5)");
  }

  void check_protocol() {
    if (service_.listen.empty()) return;
    const auto protocol = *service_.protocol;
    const auto name = base::name_of(protocol);
    const auto type = base::name_of(service_.socket_type);
    const bool has_port = !std::ranges::all_of(service_.listen, is_local);
    if (service_.socket_type == SocketType::seqpacket && (has_port || protocol != Protocol::local))
      return error("socket_type", "seqpacket is for UNIX sockets alone", "listen: /run/NAME.sock");
    if (protocol == Protocol::local) {
      if (has_port) error("protocol", "protocol unix, but a port to listen on", "listen: /run/NAME.sock");
      return;
    }
    if (!has_port) return error("protocol", fmt::format("protocol {}, but only UNIX sockets to listen on", name));
    if (is_for_dgram(protocol) != (service_.socket_type == SocketType::dgram))
      return error("protocol", fmt::format("protocol {} does not go with socket_type {}", name, type),
                   service_.socket_type == SocketType::dgram ? "udp, udp4 or udp6" : "tcp, tcp4 or tcp6");
    check_families(name);
  }

  void check_families(std::string_view name) {
    const auto family = family_of(*service_.protocol);
    if (!family) return;
    for (const auto& place : service_.listen) {
      const auto* port = std::get_if<Port>(&place.at);
      if (port != nullptr && port->address && port->address->family != *family)
        error("protocol", fmt::format("protocol {} does not go with the address {}", name, port->address->text()));
    }
  }

  void look_up_names() {
    const std::string protocol = service_.socket_type == SocketType::dgram ? "udp" : "tcp";
    for (auto& place : service_.listen) {
      auto* port = std::get_if<Port>(&place.at);
      if (port != nullptr && port->name.empty() && port->port == 0 && !service_.rpc)
        error("listen", "'0' is not a port", "a port from 1 to 65535");
      if (port == nullptr || port->name.empty()) continue;
      if (const auto number = world_.service_port(port->name, protocol)) {
        port->port = *number;
        port->name.clear();
      } else if (is_named_by_service_) {
        if (draft_.has_unknown) continue;
        diagnostics_.add(Severity::error, draft_.where_of("service"),
                         fmt::format("no port: services(5) does not have '{}' for {}", port->name, protocol),
                         "give it 'port' or 'listen'");
      } else {
        error("listen", fmt::format("services(5) does not have '{}' for {}", port->name, protocol), "write the number");
      }
    }
  }

  Draft& draft_;
  Service& service_;
  const World& world_;
  Diagnostics& diagnostics_;
  bool is_named_by_service_ = false;
};

}  // namespace

void resolve_listen(Draft& draft, const World& world, Diagnostics& diagnostics) {
  Resolver(draft, world, diagnostics).resolve();
}

}  // namespace porterd::config
