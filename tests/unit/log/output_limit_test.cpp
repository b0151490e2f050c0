// SPDX-License-Identifier: Apache-2.0
#include "log/output_limit.h"

#include <gtest/gtest.h>

namespace porterd::log {
namespace {

using std::chrono::seconds;

const base::SteadyTime kStart{seconds(100)};

TEST(OutputLimit, AdmitsABurstAndThenItsRate) {
  OutputLimit limit({.per_second = 2, .burst = 3});
  for (int line = 0; line < 3; ++line) EXPECT_TRUE(limit.admits(kStart));
  EXPECT_FALSE(limit.admits(kStart));
  EXPECT_TRUE(limit.admits(kStart + seconds(1)));
  EXPECT_TRUE(limit.admits(kStart + seconds(1)));
  EXPECT_FALSE(limit.admits(kStart + seconds(1)));
}

TEST(OutputLimit, CountsWhatIsLostUntilItIsReported) {
  OutputLimit limit({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limit.admits(kStart));
  EXPECT_EQ(limit.take_lost(), 0);
  for (int line = 0; line < 5; ++line) EXPECT_FALSE(limit.admits(kStart));
  EXPECT_EQ(limit.take_lost(), 5);
  EXPECT_EQ(limit.take_lost(), 0);
}

}  // namespace
}  // namespace porterd::log
