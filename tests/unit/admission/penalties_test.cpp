// SPDX-License-Identifier: Apache-2.0
#include "admission/penalties.h"

#include <gtest/gtest.h>

namespace porterd::admission {
namespace {

using std::chrono::seconds;
using Outcome = Penalties::Outcome;

base::IpAddress address(std::string_view text) { return *base::parse_address(text); }
base::Prefix source(std::string_view text) { return Penalties::source_of(address(text)); }

constexpr base::WallTime kNow{seconds(1'790'000'000)};

TEST(Penalties, LastUntilTheirEnd) {
  Penalties penalties;
  EXPECT_EQ(penalties.add(source("192.0.2.1"), kNow + seconds(10)), Outcome::added);
  EXPECT_TRUE(penalties.contains(address("192.0.2.1"), kNow + seconds(9)));
  EXPECT_FALSE(penalties.contains(address("192.0.2.1"), kNow + seconds(10)));
  EXPECT_FALSE(penalties.contains(address("192.0.2.2"), kNow));
}

TEST(Penalties, KeepTheLongerTime) {
  Penalties penalties;
  penalties.add(source("192.0.2.1"), kNow + seconds(10));
  EXPECT_EQ(penalties.add(source("192.0.2.1"), kNow + seconds(5)), Outcome::known);
  EXPECT_TRUE(penalties.contains(address("192.0.2.1"), kNow + seconds(9)));
  penalties.add(source("192.0.2.1"), Penalties::kForever);
  penalties.add(source("192.0.2.1"), kNow + seconds(5));
  EXPECT_TRUE(penalties.contains(address("192.0.2.1"), kNow + seconds(1'000'000'000)));
}

TEST(Penalties, AreForTheWholeNetworkOfAnIpv6Client) {
  Penalties penalties;
  penalties.add(source("2001:db8::1"), Penalties::kForever);
  penalties.add(source("fe80::1"), Penalties::kForever);
  EXPECT_TRUE(penalties.contains(address("2001:db8::ffff"), kNow));
  EXPECT_FALSE(penalties.contains(address("2001:db8:0:1::1"), kNow));
  EXPECT_TRUE(penalties.contains(address("fe80::1"), kNow));
  EXPECT_FALSE(penalties.contains(address("fe80::2"), kNow));
}

TEST(Penalties, AreBounded) {
  Penalties penalties;
  for (std::size_t index = 0; index < Penalties::kMost; ++index) {
    base::IpAddress one = address("10.0.0.0");
    one.bytes[2] = static_cast<std::uint8_t>(index / 256);
    one.bytes[3] = static_cast<std::uint8_t>(index % 256);
    ASSERT_EQ(penalties.add(Penalties::source_of(one), kNow + seconds(index < 3 ? 1 : 60)), Outcome::added);
  }
  EXPECT_EQ(penalties.add(source("192.0.2.1"), kNow + seconds(60)), Outcome::full);
  EXPECT_EQ(penalties.add(source("10.0.0.1"), kNow + seconds(1)), Outcome::known);
  EXPECT_EQ(penalties.scrub(kNow + seconds(1)), 3U);
  EXPECT_EQ(penalties.add(source("192.0.2.1"), kNow + seconds(60)), Outcome::added);
}

}  // namespace
}  // namespace porterd::admission
