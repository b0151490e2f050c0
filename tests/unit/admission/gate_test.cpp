// SPDX-License-Identifier: Apache-2.0
#include "admission/gate.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/enum_names.h"

namespace porterd::admission {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

base::Peer peer(std::string_view address) { return base::Endpoint{*base::parse_address(address), 40001}; }

config::AccessList entries(std::string_view text) {
  if (const auto prefix = base::parse_prefix(text)) return {*prefix};
  return {config::HostName{std::string(text)}};
}

/// The minute of the local day that `time` is in.
std::uint16_t local_minute(base::WallTime time) {
  const std::time_t seconds_since = base::Wall::to_time_t(time);
  std::tm local{};
  ::localtime_r(&seconds_since, &local);
  return static_cast<std::uint16_t>(local.tm_hour * 60 + local.tm_min);
}

class GateTest : public testing::Test {
 protected:
  GateTest() { tally->global = std::make_shared<GlobalTally>(); }

  // The reason's name, or "admitted"; an admitted ticket is kept.
  std::string_view ask(const base::Peer& from) {
    auto admitted = gate().admit(from, circumstances);
    if (!admitted) return base::name_of(admitted.error());
    tickets.push_back(std::move(*admitted));
    return "admitted";
  }
  std::string_view ask(std::string_view address = "192.0.2.1") { return ask(peer(address)); }

  // The service's configuration may be changed until this is called; later, it is a reload.
  void load() { policy = make_policy(service); }
  Gate gate() { return {policy, tally}; }

  config::Service service;
  Policy policy;
  std::shared_ptr<Tally> tally = std::make_shared<Tally>();
  Circumstances circumstances{{base::SteadyTime(seconds(1000)), base::WallTime(seconds(1'790'000'000))}, 0};
  std::vector<Ticket> tickets;
};

TEST_F(GateTest, ServesNobodyAtASensor) {
  service.sensor = true;
  load();
  EXPECT_EQ(ask(), "sensor");
  EXPECT_EQ(ask(base::Peer()), "sensor");
}

TEST_F(GateTest, RefusesWhoHasAPenaltyWhateverTheListsSay) {
  service.has_only_from = true;
  service.only_from = entries("192.0.2.1");
  load();
  const auto end = circumstances.now.wall + seconds(60);
  tally->global->penalties.add(Penalties::source_of(*base::parse_address("192.0.2.1")), end);
  tally->global->penalties.add(Penalties::source_of(*base::parse_address("192.0.2.9")), end);
  EXPECT_EQ(ask(), "penalty");
  EXPECT_EQ(ask("192.0.2.9"), "penalty");
  EXPECT_EQ(ask("192.0.2.2"), "address");
  circumstances.now.wall = end;
  EXPECT_EQ(ask(), "admitted");
}

TEST_F(GateTest, RefusesASourceThatComesTooOften) {
  service.cps_per_source = config::ConnectionRate{.rate = 2, .burst = 2, .per = seconds(60)};
  load();
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "cps_per_source");
  EXPECT_EQ(ask("192.0.2.2"), "admitted");
  circumstances.now.steady += seconds(30);
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "cps_per_source");
}

TEST_F(GateTest, AdmitsEverybodyByDefault) {
  load();
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
  EXPECT_EQ(ask("2001:db8::1"), "admitted");
  EXPECT_EQ(ask(base::LocalPeer{1, 0, 0}), "admitted");
  EXPECT_EQ(ask(base::Peer()), "admitted");
  EXPECT_EQ(tally->sessions, 4U);
  EXPECT_EQ(tally->global->sessions, 4U);
}

TEST_F(GateTest, RefusesBeyondTheConnectionRate) {
  service.cps = config::ConnectionRate{.rate = 1, .burst = 2, .excess = config::Excess::refuse};
  load();
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "cps");
  circumstances.now.steady += seconds(1);
  EXPECT_EQ(ask(), "admitted");
}

TEST_F(GateTest, RefusesBeyondTheConnectionRateThatDisables) {
  service.cps = config::ConnectionRate{.rate = 1, .burst = 1, .excess = config::Excess::disable};
  load();
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady), nanoseconds(0));
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "cps");
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady), nanoseconds(0));
}

TEST_F(GateTest, HoldsBeyondTheConnectionRateButNeverRefuses) {
  service.cps = config::ConnectionRate{.rate = 4, .burst = 1, .excess = config::Excess::hold};
  load();
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady), nanoseconds(0));
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady), milliseconds(250));
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady + milliseconds(250)), nanoseconds(0));
}

TEST_F(GateTest, NeedNotWaitWithoutAConnectionRate) {
  load();
  EXPECT_EQ(gate().wait_for_rate(circumstances.now.steady), nanoseconds(0));
}

TEST_F(GateTest, CountsRefusedConnectionsInTheRate) {
  service.cps = config::ConnectionRate{.rate = 1, .burst = 1, .excess = config::Excess::refuse};
  service.no_access = entries("192.0.2.1");
  load();
  EXPECT_EQ(ask("192.0.2.1"), "address");
  EXPECT_EQ(ask("192.0.2.2"), "cps");
}

TEST_F(GateTest, RefusesAtTheLoad) {
  service.max_load = 2.5;
  load();
  circumstances.load = 2.4;
  EXPECT_EQ(ask(), "admitted");
  circumstances.load = 2.5;
  EXPECT_EQ(ask(), "load");
}

TEST_F(GateTest, RefusesOutsideAccessTimes) {
  const std::uint16_t minute = local_minute(circumstances.now.wall);
  service.access_times = {{minute, minute}};
  load();
  EXPECT_EQ(ask(), "admitted");
  circumstances.now.wall += std::chrono::minutes(1);
  EXPECT_EQ(ask(), "time");
}

TEST_F(GateTest, RefusesByAddress) {
  service.has_only_from = true;
  service.only_from = entries("192.0.2.0/24");
  service.no_access = entries("192.0.2.1");
  load();
  EXPECT_EQ(ask("192.0.2.1"), "address");
  EXPECT_EQ(ask("192.0.2.2"), "admitted");
  EXPECT_EQ(ask("198.51.100.1"), "address");
}

TEST_F(GateTest, TakesAnEmptyOnlyFromOnlyWhenItIsSet) {
  load();
  EXPECT_EQ(ask(), "admitted");
  service.has_only_from = true;
  load();
  EXPECT_EQ(ask(), "address");
}

TEST_F(GateTest, RefusesWhileANameInNoAccessIsUnresolved) {
  service.no_access = entries("foe.example");
  load();
  EXPECT_EQ(ask(), "unresolved");
  policy.access = policy.access.with_resolved({{"foe.example", {*base::parse_address("198.51.100.1")}}});
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
  EXPECT_EQ(ask("198.51.100.1"), "address");
}

TEST_F(GateTest, RefusesBeyondTheSessionsOfTheDaemon) {
  tally->global->max_sessions = 1;
  load();
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "max_sessions");
  tickets.clear();
  EXPECT_EQ(ask(), "admitted");
}

TEST_F(GateTest, SharesTheSessionsOfTheDaemonAmongServices) {
  tally->global->max_sessions = 1;
  load();
  const auto other = std::make_shared<Tally>();
  other->global = tally->global;
  EXPECT_EQ(ask(), "admitted");
  const auto second = Gate(policy, other).admit(peer("192.0.2.1"), circumstances);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), Reason::max_sessions);
}

TEST_F(GateTest, ServesAsManyInstancesAsItMay) {
  service.instances = 2;
  load();
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "admitted");
  EXPECT_EQ(ask(), "instances");
  tickets.pop_back();
  EXPECT_EQ(ask(), "admitted");
}

TEST_F(GateTest, AdmitsNobodyWithALimitOfZero) {
  service.instances = 0;
  load();
  EXPECT_EQ(ask(), "instances");
  service.instances.reset();
  service.per_source = config::SourceLimit{.limit = 0};
  load();
  EXPECT_EQ(ask(), "per_source");
}

TEST_F(GateTest, RefusesBeyondPerSourceLimit) {
  service.per_source = config::SourceLimit{.limit = 1};
  load();
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
  EXPECT_EQ(ask("192.0.2.1"), "per_source");
  EXPECT_EQ(ask("192.0.2.2"), "admitted");
  tickets.clear();
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
}

TEST_F(GateTest, TakesAPrefixAsOneSource) {
  service.per_source = config::SourceLimit{.limit = 1, .ipv4_prefix = 24, .ipv6_prefix = 64};
  load();
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
  EXPECT_EQ(ask("192.0.2.255"), "per_source");
  EXPECT_EQ(ask("192.0.3.1"), "admitted");
  EXPECT_EQ(ask("2001:db8::1"), "admitted");
  EXPECT_EQ(ask("2001:db8::ffff"), "per_source");
  EXPECT_EQ(ask("2001:db8:0:1::1"), "admitted");
}

TEST_F(GateTest, LetsPeersWithoutAnAddressPassAddressAndSource) {
  service.has_only_from = true;
  service.per_source = config::SourceLimit{.limit = 0};
  load();
  EXPECT_EQ(ask(base::LocalPeer{1, 1000, 1000}), "admitted");
  EXPECT_EQ(ask(base::Peer()), "admitted");
  EXPECT_EQ(tally->sources.size(), 0U);
}

// Everything is against the connection; what stands first in Reason's order is said, then put right.
TEST_F(GateTest, AsksInTheOrderOfReason) {
  const std::uint16_t minute = local_minute(circumstances.now.wall);
  service.cps = config::ConnectionRate{.rate = 1, .burst = 1, .excess = config::Excess::refuse};
  service.max_load = 1;
  service.access_times = {
      {static_cast<std::uint16_t>((minute + 60) % 1440), static_cast<std::uint16_t>((minute + 61) % 1440)}};
  service.no_access = {*base::parse_prefix("192.0.2.1"), config::HostName{"foe.example"}};
  service.instances = 0;
  service.per_source = config::SourceLimit{.limit = 0};
  tally->global->max_sessions = 0;
  circumstances.load = 1;
  load();
  ASSERT_TRUE(tally->rate.take({1, 1}, circumstances.now.steady));

  EXPECT_EQ(ask("192.0.2.1"), "cps");
  service.cps.reset();
  load();
  EXPECT_EQ(ask("192.0.2.1"), "load");
  circumstances.load = 0;
  EXPECT_EQ(ask("192.0.2.1"), "time");
  service.access_times.clear();
  load();
  EXPECT_EQ(ask("192.0.2.1"), "address");
  EXPECT_EQ(ask("192.0.2.2"), "unresolved");
  service.no_access.clear();
  load();
  EXPECT_EQ(ask("192.0.2.1"), "max_sessions");
  tally->global->max_sessions.reset();
  EXPECT_EQ(ask("192.0.2.1"), "instances");
  service.instances.reset();
  load();
  EXPECT_EQ(ask("192.0.2.1"), "per_source");
  service.per_source.reset();
  load();
  EXPECT_EQ(ask("192.0.2.1"), "admitted");
}

TEST_F(GateTest, TakesNoPlaceWhenItRefuses) {
  service.instances = 5;
  service.per_source = config::SourceLimit{.limit = 0};
  load();
  EXPECT_EQ(ask(), "per_source");
  EXPECT_EQ(tally->sessions, 0U);
  EXPECT_EQ(tally->global->sessions, 0U);
  EXPECT_EQ(tally->sources.size(), 0U);
}

TEST_F(GateTest, WorksWithoutAGlobalTally) {
  tally->global.reset();
  load();
  EXPECT_EQ(ask(), "admitted");
  tickets.clear();
  EXPECT_EQ(tally->sessions, 0U);
}

class TicketTest : public GateTest {
 protected:
  TicketTest() {
    service.per_source = config::SourceLimit{.limit = 10};
    load();
  }
  Ticket draw(std::string_view address = "192.0.2.1") {
    return std::move(gate().admit(peer(address), circumstances).value());
  }
};

TEST_F(TicketTest, GivesBackWhenDropped) {
  {
    const Ticket ticket = draw();
    EXPECT_TRUE(ticket.is_valid());
    EXPECT_EQ(tally->sessions, 1U);
    EXPECT_EQ(tally->sources.size(), 1U);
  }
  EXPECT_EQ(tally->sessions, 0U);
  EXPECT_EQ(tally->global->sessions, 0U);
  EXPECT_EQ(tally->sources.size(), 0U);
}

TEST_F(TicketTest, GivesBackOnceWhenMoved) {
  {
    Ticket ticket = draw();
    const Ticket other = std::move(ticket);
    EXPECT_TRUE(other.is_valid());
    EXPECT_EQ(tally->sessions, 1U);
  }
  EXPECT_EQ(tally->sessions, 0U);
}

TEST_F(TicketTest, GivesBackWhatItHeldWhenAssigned) {
  Ticket ticket = draw("192.0.2.1");
  ticket = draw("192.0.2.2");
  EXPECT_EQ(tally->sessions, 1U);
  EXPECT_EQ(tally->sources.size(), 1U);
  ticket = Ticket();
  EXPECT_FALSE(ticket.is_valid());
  EXPECT_EQ(tally->sessions, 0U);
  EXPECT_EQ(tally->sources.size(), 0U);
}

TEST_F(TicketTest, SurvivesAssignmentToItself) {
  Ticket ticket = draw();
  Ticket& same = ticket;
  ticket = std::move(same);
  EXPECT_TRUE(ticket.is_valid());
  EXPECT_EQ(tally->sessions, 1U);
}

TEST_F(TicketTest, KeepsTheTallyWhenTheServiceIsGone) {
  const std::weak_ptr<Tally> watched = tally;
  const std::shared_ptr<GlobalTally> global = tally->global;
  Ticket ticket = draw();
  tally.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(global->sessions, 1U);
  ticket = Ticket();
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(global->sessions, 0U);
}

TEST_F(TicketTest, GivesBackTheSourceThatItTookAfterAReload) {
  Ticket ticket = draw("192.0.2.1");
  service.per_source = config::SourceLimit{.limit = 10, .ipv4_prefix = 24};
  load();
  ticket = Ticket();
  EXPECT_EQ(tally->sources.size(), 0U);
}

}  // namespace
}  // namespace porterd::admission
