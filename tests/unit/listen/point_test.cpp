// SPDX-License-Identifier: Apache-2.0
#include "listen/point.h"

#include <gmock/gmock.h>

namespace porterd::listen {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const config::Service& service) {
  std::vector<std::string> result;
  for (const auto& point : points_of(service)) result.push_back(point.text());
  return result;
}

config::Service service_at(config::ListenAddress address, config::Protocol protocol = config::Protocol::tcp) {
  config::Service service;
  service.protocol = protocol;
  service.listen = {std::move(address)};
  return service;
}

config::ListenAddress port(std::uint16_t number) {
  config::ListenAddress::Port at;
  at.port = number;
  return {at};
}

TEST(Point, PortAloneIsBothFamiliesAsTwoSockets) {
  EXPECT_THAT(texts(service_at(port(79))), ElementsAre("tcp 0.0.0.0:79", "tcp [::]:79"));
}

TEST(Point, ProtocolMayNameOneFamily) {
  EXPECT_THAT(texts(service_at(port(79), config::Protocol::tcp4)), ElementsAre("tcp 0.0.0.0:79"));
  EXPECT_THAT(texts(service_at(port(79), config::Protocol::tcp6)), ElementsAre("tcp [::]:79"));
}

TEST(Point, AddressIsOneSocket) {
  config::ListenAddress::Port at;
  at.address = base::parse_address("127.0.0.1");
  at.port = 69;
  at.device = "lo";
  auto service = service_at({at}, config::Protocol::udp);
  service.socket_type = config::SocketType::dgram;
  EXPECT_THAT(texts(service), ElementsAre("udp 127.0.0.1:69 on lo"));
}

TEST(Point, PathCarriesItsOwner) {
  config::ListenAddress::Local local;
  local.address.name = "/run/x.sock";
  local.group = config::Group{.name = "adm", .gid = 4};
  local.mode = 0660;
  const auto points = points_of(service_at({local}, config::Protocol::local));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].text(), "unix /run/x.sock");
  EXPECT_EQ(points[0].path_access, (PathAccess{.owner = static_cast<uid_t>(-1), .group = 4, .mode = 0660}));
}

TEST(Point, PlaceIsTheSameWhateverElseChanges) {
  auto service = service_at(port(79));
  const auto before = points_of(service)[0].place();
  service.keepalive = true;
  service.backlog = 5;
  EXPECT_EQ(points_of(service)[0].place(), before);
  service.socket_type = config::SocketType::dgram;
  EXPECT_NE(points_of(service)[0].place(), before);
}

}  // namespace
}  // namespace porterd::listen
