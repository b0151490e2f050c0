// SPDX-License-Identifier: Apache-2.0
#include "daemon/intercept_plan.h"

#include <algorithm>
#include <variant>

#include "listen/point.h"

namespace porterd::daemon {
namespace {

config::ListenAddress loopback(base::Family family) {
  const auto address = base::parse_address(family == base::Family::ipv4 ? "127.0.0.1" : "::1");
  return {config::ListenAddress::Port{.address = address, .port = 0, .device = {}, .name = {}}};
}

std::vector<config::ListenAddress> inner_places(const config::Service& service) {
  const auto points = listen::points_of(service);
  std::vector<config::ListenAddress> places;
  for (const auto family : {base::Family::ipv4, base::Family::ipv6})
    if (std::ranges::any_of(points, [family](const auto& point) {
          const auto* endpoint = std::get_if<base::Endpoint>(&point.request.address);
          return endpoint != nullptr && endpoint->address.family == family;
        }))
      places.push_back(loopback(family));
  return places;
}

}  // namespace

config::Service inner_service(const config::Service& service) {
  config::Service inner = service;
  inner.intercept = false;
  inner.listen = inner_places(service);
  inner.freebind = false;
  inner.rpc.reset();
  inner.only_from.clear();
  inner.has_only_from = false;
  inner.no_access.clear();
  inner.access_times.clear();
  inner.instances.reset();
  inner.per_source.reset();
  inner.cps.reset();
  inner.cps_per_source.reset();
  inner.max_load.reset();
  inner.banner.clear();
  inner.banner_success.clear();
  inner.banner_fail.clear();
  return inner;
}

base::Result<std::shared_ptr<const WorkerPlan>> make_way(const base::SocketAddress& server, bool is_datagram,
                                                         std::chrono::milliseconds idle) {
  worker::Facts facts;
  facts.role = is_datagram ? worker::Role::intercept : worker::Role::relay;
  facts.is_datagram = is_datagram;
  facts.relay.targets = {server};
  if (is_datagram) facts.idle_timeout = idle;
  return make_worker_plan(facts);
}

}  // namespace porterd::daemon
