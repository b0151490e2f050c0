// SPDX-License-Identifier: Apache-2.0
#include "admission/source_rates.h"

#include <gtest/gtest.h>

namespace porterd::admission {
namespace {

using std::chrono::seconds;

constexpr base::TokenRate kTwoAMinute{.per_second = 2, .burst = 2, .seconds = 60};

base::Prefix source(std::uint32_t number) {
  base::IpAddress address;
  for (std::size_t byte = 0; byte < 4; ++byte)
    address.bytes[byte] = static_cast<std::uint8_t>(number >> (24 - 8 * byte));
  return base::prefix_of(address, 32);
}

TEST(SourceRates, CountsEachSource) {
  SourceRates rates;
  const base::SteadyTime now(seconds(1000));
  EXPECT_TRUE(rates.take(source(1), kTwoAMinute, now));
  EXPECT_TRUE(rates.take(source(1), kTwoAMinute, now));
  EXPECT_FALSE(rates.take(source(1), kTwoAMinute, now));
  EXPECT_TRUE(rates.take(source(2), kTwoAMinute, now));
  EXPECT_TRUE(rates.take(source(1), kTwoAMinute, now + seconds(30)));
}

TEST(SourceRates, ForgetsThoseThatWouldBeFullAgainAndIsBounded) {
  SourceRates rates;
  const base::SteadyTime now(seconds(1000));
  for (std::uint32_t number = 0; number < SourceRates::kMost; ++number)
    ASSERT_TRUE(rates.take(source(number), kTwoAMinute, now));
  // Newcomers share a bucket while nobody can be forgotten; those who are known have their own.
  EXPECT_TRUE(rates.take(source(1'000'000), kTwoAMinute, now));
  EXPECT_TRUE(rates.take(source(1'000'001), kTwoAMinute, now));
  EXPECT_FALSE(rates.take(source(1'000'002), kTwoAMinute, now));
  EXPECT_TRUE(rates.take(source(7), kTwoAMinute, now));
  EXPECT_EQ(rates.size(), SourceRates::kMost);

  EXPECT_TRUE(rates.take(source(1'000'003), kTwoAMinute, now + seconds(31)));
  EXPECT_EQ(rates.size(), 2U);  // it, and the one that has taken two
}

}  // namespace
}  // namespace porterd::admission
