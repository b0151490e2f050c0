// SPDX-License-Identifier: Apache-2.0
#include "listen/point.h"

#include <sys/socket.h>

namespace porterd::listen {
namespace {

int type_number(config::SocketType type) {
  switch (type) {
    case config::SocketType::stream:
      return SOCK_STREAM;
    case config::SocketType::dgram:
      return SOCK_DGRAM;
    case config::SocketType::seqpacket:
      return SOCK_SEQPACKET;
  }
  return SOCK_STREAM;
}

/// The families that a port without an address stands for.
std::vector<base::Family> families_of(config::Protocol protocol) {
  using enum config::Protocol;
  if (protocol == tcp4 || protocol == udp4) return {base::Family::ipv4};
  if (protocol == tcp6 || protocol == udp6) return {base::Family::ipv6};
  return {base::Family::ipv4, base::Family::ipv6};
}

Point point_for(const config::Service& service) {
  Point point;
  point.request.type = type_number(service.socket_type);
  point.request.freebind = service.freebind;
  point.request.keepalive = service.keepalive;
  point.request.nodelay = service.nodelay;
  point.backlog = service.backlog;
  return point;
}

void add_points(std::vector<Point>& points, const config::Service& service, const config::ListenAddress::Port& at) {
  Point point = point_for(service);
  point.request.device = at.device;
  if (at.port == 0) point.chosen_for = service.id;
  if (at.address) {
    point.request.address = base::Endpoint{*at.address, at.port};
    points.push_back(std::move(point));
    return;
  }
  for (const auto family : families_of(service.protocol.value_or(config::Protocol::tcp))) {
    point.request.address = base::Endpoint{{.bytes = {}, .family = family}, at.port};
    points.push_back(point);
  }
}

void add_points(std::vector<Point>& points, const config::Service& service, const config::ListenAddress::Local& at) {
  Point point = point_for(service);
  point.request.address = at.address;
  if (!at.address.is_abstract) {
    PathAccess access;
    if (at.owner) access.owner = at.owner->uid;
    if (at.group) access.group = at.group->gid;
    access.mode = at.mode;
    point.path_access = access;
  }
  points.push_back(std::move(point));
}

}  // namespace

std::string Point::text() const {
  const bool is_local = std::holds_alternative<base::UnixAddress>(request.address);
  std::string text = is_local ? "unix " : request.type == SOCK_DGRAM ? "udp " : "tcp ";
  text += base::text_of(request.address);
  if (!request.device.empty()) text += " on " + request.device;
  return text;
}

std::vector<Point> points_of(const config::Service& service) {
  std::vector<Point> points;
  for (const auto& address : service.listen)
    std::visit([&](const auto& at) { add_points(points, service, at); }, address.at);
  return points;
}

}  // namespace porterd::listen
