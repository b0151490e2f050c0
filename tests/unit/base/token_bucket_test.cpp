// SPDX-License-Identifier: Apache-2.0
#include "base/token_bucket.h"

#include <gtest/gtest.h>

#include <limits>

namespace porterd::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const SteadyTime kStart{hours(5)};

int taken(TokenBucket& bucket, TokenRate rate, SteadyTime now) {
  int count = 0;
  while (bucket.take(rate, now)) ++count;
  return count;
}

TEST(TokenBucket, BeginsFull) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.available({10, 5}, kStart), 5U);
  EXPECT_EQ(taken(bucket, {10, 5}, kStart), 5);
}

TEST(TokenBucket, FillsAtItsRate) {
  TokenBucket bucket;
  const TokenRate rate{10, 5};
  EXPECT_EQ(taken(bucket, rate, kStart), 5);
  EXPECT_FALSE(bucket.take(rate, kStart + milliseconds(100) - nanoseconds(1)));
  EXPECT_TRUE(bucket.take(rate, kStart + milliseconds(100)));
  EXPECT_EQ(taken(bucket, rate, kStart + milliseconds(400)), 3);
}

TEST(TokenBucket, NeverHoldsMoreThanItsSize) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, {10, 5}, kStart), 5);
  EXPECT_EQ(taken(bucket, {10, 5}, kStart + hours(24)), 5);
}

TEST(TokenBucket, SaysHowLongUntilTheNextToken) {
  TokenBucket bucket;
  const TokenRate rate{3, 1};
  EXPECT_EQ(bucket.wait(rate, kStart), nanoseconds(0));
  ASSERT_TRUE(bucket.take(rate, kStart));
  const nanoseconds wait = bucket.wait(rate, kStart);
  EXPECT_EQ(wait, nanoseconds(333'333'334));
  TokenBucket early = bucket;
  EXPECT_FALSE(early.take(rate, kStart + wait - nanoseconds(1)));
  EXPECT_TRUE(bucket.take(rate, kStart + wait));
}

TEST(TokenBucket, DoesNotDriftWithARateThatDoesNotDivideASecond) {
  TokenBucket bucket;
  const TokenRate rate{7, 1000};
  EXPECT_EQ(taken(bucket, rate, kStart), 1000);
  int count = 0;
  for (SteadyTime now = kStart; now < kStart + seconds(1000); now += nanoseconds(33'333'331))
    count += taken(bucket, rate, now);
  count += taken(bucket, rate, kStart + seconds(1000));
  EXPECT_EQ(count, 7000);
}

TEST(TokenBucket, FillsOverAMinute) {
  TokenBucket bucket;
  const TokenRate rate{7, 2, 60};
  EXPECT_EQ(taken(bucket, rate, kStart), 2);
  const nanoseconds wait = bucket.wait(rate, kStart);
  EXPECT_EQ(wait, nanoseconds(8'571'428'572));
  TokenBucket early = bucket;
  EXPECT_FALSE(early.take(rate, kStart + wait - nanoseconds(1)));
  EXPECT_TRUE(bucket.take(rate, kStart + wait));
  EXPECT_EQ(taken(bucket, rate, kStart + hours(1)), 2);
}

TEST(TokenBucket, DoesNotOverflowAtItsLimits) {
  const std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  TokenBucket bucket;
  ASSERT_TRUE(bucket.take({most, most}, kStart));
  EXPECT_EQ(bucket.available({most, most}, kStart), most - 1);
  EXPECT_EQ(bucket.available({most, most}, SteadyTime::max()), most);
  EXPECT_EQ(bucket.available({1, most}, SteadyTime::max()), most);
  EXPECT_EQ(bucket.wait({most, most}, SteadyTime::max()), nanoseconds(0));
  EXPECT_EQ(bucket.available({most, most, 3600}, SteadyTime::max()), most);
  EXPECT_EQ(bucket.available({1, most, most}, kStart), most - 1);
}

TEST(TokenBucket, TakesZeroAsOne) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, {0, 0}, kStart), 1);
  EXPECT_EQ(bucket.wait({0, 0}, kStart), seconds(1));
}

TEST(TokenBucket, KeepsItsLackWhenItsSizeGrowsAndForgivesWhenItShrinks) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, {1, 10}, kStart), 10);
  EXPECT_EQ(bucket.available({1, 15}, kStart), 5U);
  EXPECT_EQ(bucket.wait({1, 2}, kStart), seconds(1));
}

TEST(TokenBucket, StandsStillWhenTimeRunsBackwards) {
  TokenBucket bucket;
  ASSERT_TRUE(bucket.take({1, 1}, kStart));
  EXPECT_FALSE(bucket.take({1, 1}, kStart - seconds(10)));
  EXPECT_FALSE(bucket.take({1, 1}, kStart + milliseconds(999)));
  EXPECT_TRUE(bucket.take({1, 1}, kStart + seconds(1)));
}

}  // namespace
}  // namespace porterd::base
