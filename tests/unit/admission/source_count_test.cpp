// SPDX-License-Identifier: Apache-2.0
#include "admission/source_count.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

namespace porterd::admission {
namespace {

base::Prefix prefix(std::string_view text) { return *base::parse_prefix(text); }

base::Prefix numbered(std::uint32_t number) {
  base::IpAddress address;
  address.bytes = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                   static_cast<std::uint8_t>(number)};
  return base::prefix_of(address, 32);
}

TEST(SourceCount, BeginsEmptyAndCostsOnePointer) {
  EXPECT_EQ(SourceCount().size(), 0U);
  EXPECT_EQ(SourceCount().count(prefix("10.0.0.1")), 0U);
  EXPECT_EQ(sizeof(SourceCount), sizeof(void*));
}

TEST(SourceCount, CountsEachSource) {
  SourceCount counts;
  counts.add(prefix("10.0.0.1"));
  counts.add(prefix("10.0.0.1"));
  counts.add(prefix("2001:db8::/64"));
  EXPECT_EQ(counts.count(prefix("10.0.0.1")), 2U);
  EXPECT_EQ(counts.count(prefix("2001:db8::/64")), 1U);
  EXPECT_EQ(counts.count(prefix("10.0.0.2")), 0U);
  EXPECT_EQ(counts.size(), 2U);
}

TEST(SourceCount, ForgetsASourceAtZero) {
  SourceCount counts;
  counts.add(prefix("10.0.0.1"));
  counts.add(prefix("10.0.0.1"));
  counts.remove(prefix("10.0.0.1"));
  EXPECT_EQ(counts.count(prefix("10.0.0.1")), 1U);
  counts.remove(prefix("10.0.0.1"));
  EXPECT_EQ(counts.count(prefix("10.0.0.1")), 0U);
  EXPECT_EQ(counts.size(), 0U);
}

TEST(SourceCount, TellsLengthsAndFamiliesApart) {
  SourceCount counts;
  counts.add(prefix("0.0.0.0/0"));
  EXPECT_EQ(counts.count(prefix("0.0.0.0/8")), 0U);
  EXPECT_EQ(counts.count(prefix("::/0")), 0U);
}

TEST(SourceCount, AgreesWithAMapThroughGrowthAndShrinking) {
  SourceCount counts;
  std::map<std::uint32_t, std::uint32_t> expected;
  std::mt19937 dice(1);
  for (int step = 0; step < 40'000; ++step) {
    // Grows for a while, then shrinks, then grows again.
    const bool is_adding = (step / 10'000) % 2 == 0 || expected.empty();
    const auto number = static_cast<std::uint32_t>(dice() % 3000);
    if (is_adding) {
      counts.add(numbered(number));
      ++expected[number];
    } else {
      const auto chosen =
          expected.lower_bound(number) == expected.end() ? expected.begin() : expected.lower_bound(number);
      counts.remove(numbered(chosen->first));
      if (--chosen->second == 0) expected.erase(chosen);
    }
    ASSERT_EQ(counts.size(), expected.size());
  }
  for (std::uint32_t number = 0; number < 3000; ++number) {
    const auto found = expected.find(number);
    ASSERT_EQ(counts.count(numbered(number)), found == expected.end() ? 0 : found->second) << number;
  }
}

TEST(SourceCount, MovesWithItsCounts) {
  SourceCount counts;
  counts.add(prefix("10.0.0.1"));
  const SourceCount other = std::move(counts);
  EXPECT_EQ(other.count(prefix("10.0.0.1")), 1U);
}

}  // namespace
}  // namespace porterd::admission
