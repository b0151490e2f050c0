// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc_registrar.h"

#include <gmock/gmock.h>

namespace porterd::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RpcRegistration at(std::uint32_t version, std::uint16_t port, std::string netid = "udp") {
  return {
      .program = 100011, .version = version, .netid = std::move(netid), .at = {*base::parse_address("0.0.0.0"), port}};
}

TEST(RpcOrders, SetWhatIsNewAfterTakingAwayWhatMayBeLeft) {
  EXPECT_THAT(rpc_orders({}, Belief::certain, {at(1, 700)}),
              ElementsAre("unset", "100011", "1", "set", "100011", "1", "udp", "0.0.0.0", "700"));
}

TEST(RpcOrders, LeaveAloneWhatIsAsItShouldBe) {
  EXPECT_THAT(rpc_orders({at(1, 700)}, Belief::certain, {at(1, 700)}), IsEmpty());
  EXPECT_THAT(rpc_orders({at(1, 700), at(2, 700)}, Belief::certain, {at(1, 700)}), ElementsAre("unset", "100011", "2"));
}

TEST(RpcOrders, DoAllAgainInDoubt) {
  EXPECT_THAT(rpc_orders({at(1, 700)}, Belief::doubtful, {at(1, 700)}),
              ElementsAre("unset", "100011", "1", "set", "100011", "1", "udp", "0.0.0.0", "700"));
}

TEST(RpcOrders, OnlySetAgainWhatMayHaveBeenForgotten) {
  EXPECT_THAT(rpc_orders({at(1, 700)}, Belief::old, {at(1, 700)}),
              ElementsAre("set", "100011", "1", "udp", "0.0.0.0", "700"));
  EXPECT_THAT(rpc_orders({at(1, 700), at(2, 700)}, Belief::old, {at(1, 700)}),
              ElementsAre("set", "100011", "1", "udp", "0.0.0.0", "700", "unset", "100011", "2"));
}

TEST(RpcOrders, SetAllPlacesOfAVersionWhenOneIsAnother) {
  EXPECT_THAT(rpc_orders({at(1, 700), at(1, 701, "tcp")}, Belief::certain, {at(1, 700), at(1, 702, "tcp")}),
              ElementsAre("unset", "100011", "1", "set", "100011", "1", "tcp", "0.0.0.0", "702", "set", "100011", "1",
                          "udp", "0.0.0.0", "700"));
}

}  // namespace
}  // namespace porterd::daemon
