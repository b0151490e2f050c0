// SPDX-License-Identifier: Apache-2.0
#include "daemon/xinetd_reload.h"

#include <gmock/gmock.h>

namespace porterd::daemon {
namespace {

using testing::ElementsAre;

config::Config with_services(const std::vector<std::pair<std::string, std::uint16_t>>& ids_and_ports) {
  config::Config result;
  for (const auto& [id, port] : ids_and_ports) {
    config::Service service;
    service.id = id;
    service.listen = {{.at = config::ListenAddress::Port{.address = {}, .port = port, .device = {}, .name = {}}}};
    result.services.push_back(std::move(service));
  }
  return result;
}

TEST(XinetdReload, TellsWhatStaysAndGoesInTheOldOrder) {
  EXPECT_THAT(xinetd_reload_lines(with_services({{"one", 1}, {"two", 2}, {"three", 3}}),
                                  with_services({{"four", 4}, {"three", 3}, {"one", 1}})),
              ElementsAre("Swapping defaults", "readjusting service one", "service two deactivated",
                          "readjusting service three", "Reconfigured: new=1 old=2 dropped=1 (services)"));
}

TEST(XinetdReload, TakesAServiceThatListensElsewhereOrWaitsForAnother) {
  auto after = with_services({{"one", 9}, {"two", 2}});
  after.services[1].wait = true;
  EXPECT_THAT(xinetd_reload_lines(with_services({{"one", 1}, {"two", 2}}), after),
              ElementsAre("Swapping defaults", "service one deactivated", "service two deactivated",
                          "Reconfigured: new=2 old=0 dropped=2 (services)"));
}

}  // namespace
}  // namespace porterd::daemon
