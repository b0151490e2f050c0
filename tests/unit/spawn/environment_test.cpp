// SPDX-License-Identifier: Apache-2.0
#include "spawn/environment.h"

#include <gmock/gmock.h>

#include <vector>

namespace porterd::spawn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kAll = config::ConnectionVariables::all;

class EnvironmentTest : public testing::Test {
 protected:
  std::vector<std::string> written(EnvironmentWriter& writer) {
    writer.finish();
    std::vector<std::string> entries;
    for (char* const* entry = pointers_.data(); *entry != nullptr; ++entry) entries.emplace_back(*entry);
    return entries;
  }
  std::array<char, 512> text_{};
  std::array<char*, 20> pointers_{};
};

TEST_F(EnvironmentTest, TellsWhoConnectsAndWhereTo) {
  EnvironmentWriter writer(text_, pointers_);
  const base::SocketAddress local = base::Endpoint{*base::parse_address("2001:db8::9"), 79};
  writer.add_connection(
      {.peer = base::Endpoint{*base::parse_address("2001:db8::1"), 40'001}, .local = &local, .connection_id = 0x5f3a},
      kAll);
  EXPECT_THAT(written(writer), ElementsAre("PROTO=TCP", "REMOTE_HOST=2001:db8::1", "REMOTE_ADDR=2001:db8::1",
                                           "REMOTE_PORT=40001", "TCPREMOTEIP=2001:db8::1", "TCPREMOTEPORT=40001",
                                           "TCPLOCALIP=2001:db8::9", "TCPLOCALPORT=79", "CONNECTION_ID=5f3a"));
}

TEST_F(EnvironmentTest, TellsTheCredentialsOfALocalPeer) {
  EnvironmentWriter writer(text_, pointers_);
  const base::SocketAddress local = base::UnixAddress{.name = "/run/x"};
  writer.add_connection({.peer = base::LocalPeer{.pid = 17, .uid = 5, .gid = 6}, .local = &local, .connection_id = 1},
                        kAll);
  EXPECT_THAT(written(writer), ElementsAre("PROTO=UNIX", "UNIXREMOTEPID=17", "UNIXREMOTEEUID=5", "UNIXREMOTEEGID=6",
                                           "UNIXLOCALPATH=/run/x", "CONNECTION_ID=1"));
}

TEST_F(EnvironmentTest, SaysUdpOfADatagram) {
  EnvironmentWriter writer(text_, pointers_);
  writer.add_connection({.peer = {}, .connection_id = 1, .is_datagram = true}, kAll);
  EXPECT_THAT(written(writer), ElementsAre("PROTO=UDP", "CONNECTION_ID=1"));
}

TEST_F(EnvironmentTest, TellsAsMuchAsTheServiceWants) {
  const base::SocketAddress local = base::Endpoint{*base::parse_address("192.0.2.9"), 79};
  const ConnectionFacts facts{.peer = base::Endpoint{*base::parse_address("192.0.2.1"), 40'001}, .local = &local};
  EnvironmentWriter xinetd(text_, pointers_);
  xinetd.add_connection(facts, config::ConnectionVariables::remote_host);
  EXPECT_THAT(written(xinetd), ElementsAre("REMOTE_HOST=192.0.2.1"));
  EnvironmentWriter unknown(text_, pointers_);
  unknown.add_connection({}, config::ConnectionVariables::remote_host);
  EXPECT_THAT(written(unknown), ElementsAre("REMOTE_HOST=<no address>"));
  EnvironmentWriter gnu(text_, pointers_);
  gnu.add_connection(facts, config::ConnectionVariables::ucspi);
  EXPECT_THAT(written(gnu), ElementsAre("PROTO=TCP", "TCPLOCALIP=192.0.2.9", "TCPLOCALPORT=79", "TCPREMOTEIP=192.0.2.1",
                                        "TCPREMOTEPORT=40001"));
  EnvironmentWriter none(text_, pointers_);
  none.add_connection(facts, config::ConnectionVariables::none);
  EXPECT_THAT(written(none), IsEmpty());
}

TEST_F(EnvironmentTest, LeavesOutWholeWhatDoesNotFit) {
  std::array<char, 8> little{};
  EnvironmentWriter writer(little, pointers_);
  writer.add("LONG", "much too long");
  writer.add("A", "b");
  EXPECT_THAT(written(writer), ElementsAre("A=b"));
}

TEST_F(EnvironmentTest, KeepsAPlaceForTheEndOfTheList) {
  std::array<char*, 2> two{};
  EnvironmentWriter writer(text_, two);
  writer.add("A", "1");
  writer.add("B", "2");
  writer.finish();
  EXPECT_STREQ(two[0], "A=1");
  EXPECT_EQ(two[1], nullptr);
}

TEST_F(EnvironmentTest, LeavesRoomForWhatIsWrittenLater) {
  EnvironmentWriter writer(text_, pointers_);
  char* const place = writer.add_later("LISTEN_PID", 10);
  ASSERT_NE(place, nullptr);
  std::copy_n("123", 4, place);
  EXPECT_THAT(written(writer), ElementsAre("LISTEN_PID=123"));
}

}  // namespace
}  // namespace porterd::spawn
