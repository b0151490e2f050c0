// SPDX-License-Identifier: Apache-2.0
#include "worker/reply_guard.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

using std::chrono::seconds;

const base::SteadyTime kStart{seconds(1000)};

base::Endpoint from(std::string_view address, std::uint16_t port = 40000) {
  return {*base::parse_address(address), port};
}

int replies(ReplyGuard& guard, const base::Endpoint& source, base::SteadyTime now, int requests) {
  int count = 0;
  for (int request = 0; request < requests; ++request) count += guard.may_reply(source, now) ? 1 : 0;
  return count;
}

TEST(ReplyGuard, RefusesPortsThatWouldAnswerInTurn) {
  ReplyGuard guard;
  for (const int port : {0, 7, 13, 17, 19, 37, 53, 69, 111, 123, 137, 161, 389, 520, 1900, 11211}) {
    EXPECT_TRUE(is_reflecting_port(static_cast<std::uint16_t>(port))) << port;
    EXPECT_FALSE(guard.may_reply(from("192.0.2.1", static_cast<std::uint16_t>(port)), kStart)) << port;
  }
  for (const int port : {1, 22, 1024, 40000, 65535}) EXPECT_FALSE(is_reflecting_port(static_cast<std::uint16_t>(port)));
  EXPECT_TRUE(guard.may_reply(from("192.0.2.1"), kStart));
}

TEST(ReplyGuard, RefusesWhoIsNotLetIn) {
  const config::AccessList only_from{*base::parse_prefix("192.0.2.0/24")};
  ReplyGuard guard({.per_second = 10, .burst = 20}, {&only_from, {}});
  const auto now = base::SteadyTime();
  EXPECT_TRUE(guard.may_reply({*base::parse_address("192.0.2.7"), 40000}, now));
  EXPECT_FALSE(guard.may_reply({*base::parse_address("198.51.100.7"), 40000}, now));
}

TEST(ReplyGuard, HoldsTheRateOfANetwork) {
  ReplyGuard guard({.per_second = 2, .burst = 5});
  EXPECT_EQ(replies(guard, from("192.0.2.1"), kStart, 20), 5);
  EXPECT_EQ(replies(guard, from("192.0.2.200"), kStart, 20), 0);
  EXPECT_EQ(replies(guard, from("192.0.2.1"), kStart + seconds(1), 20), 2);
  EXPECT_EQ(replies(guard, from("192.0.3.1"), kStart, 20), 5);
  EXPECT_EQ(replies(guard, from("2001:db8:0:1::1"), kStart, 20), 5);
  EXPECT_EQ(replies(guard, from("2001:db8:0:ff::1"), kStart, 20), 0);
  EXPECT_EQ(replies(guard, from("2001:db8:1::1"), kStart, 20), 5);
}

TEST(ReplyGuard, ManySourcesCannotMakeMoreReplies) {
  ReplyGuard guard({.per_second = 1, .burst = 1});
  int count = 0;
  for (unsigned network = 0; network < 100'000; ++network) {
    base::Endpoint source = from("10.0.0.1");
    source.address.bytes[0] = static_cast<std::uint8_t>(network >> 16U);
    source.address.bytes[1] = static_cast<std::uint8_t>(network >> 8U);
    source.address.bytes[2] = static_cast<std::uint8_t>(network);
    count += guard.may_reply(source, kStart) ? 1 : 0;
  }
  EXPECT_LE(count, 4096);
  EXPECT_GT(count, 2048);
}

}  // namespace
}  // namespace porterd::worker
