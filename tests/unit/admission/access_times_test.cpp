// SPDX-License-Identifier: Apache-2.0
#include "admission/access_times.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace porterd::admission {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr std::uint16_t at(int hour, int minute) { return static_cast<std::uint16_t>(hour * 60 + minute); }

base::WallTime utc(int month, int day, std::chrono::seconds clock) {
  return sys_days(std::chrono::year(2026) / month / day) + clock;
}

/// Sets the time zone for a test and gives the old one back. The rule is written out: no zone files are needed.
class AccessTimesTest : public testing::Test {
 protected:
  AccessTimesTest() {
    if (const char* old = std::getenv("TZ")) old_ = old;
  }
  ~AccessTimesTest() override {
    if (old_)
      ::setenv("TZ", old_->c_str(), 1);
    else
      ::unsetenv("TZ");
    ::tzset();
  }
  static void use_zone(const char* rule) { ::setenv("TZ", rule, 1); }
  // Central Europe in 2026: summer time from 29 March 01:00 UTC until 25 October 01:00 UTC.
  static void use_central_europe() { use_zone("CET-1CEST,M3.5.0,M10.5.0/3"); }

 private:
  std::optional<std::string> old_;
};

TEST_F(AccessTimesTest, ContainEverythingWithoutARange) {
  EXPECT_TRUE(AccessTimes().contains(utc(1, 1, 0s)));
  EXPECT_TRUE(AccessTimes(std::vector<config::TimeRange>()).contains(utc(1, 1, 0s)));
}

TEST_F(AccessTimesTest, IncludeTheFirstAndTheLastMinute) {
  use_zone("UTC0");
  const AccessTimes times({{at(8, 30), at(17, 0)}});
  EXPECT_FALSE(times.contains(utc(1, 1, 8h + 29min + 59s)));
  EXPECT_TRUE(times.contains(utc(1, 1, 8h + 30min)));
  EXPECT_TRUE(times.contains(utc(1, 1, 17h + 59s)));
  EXPECT_FALSE(times.contains(utc(1, 1, 17h + 1min)));
}

TEST_F(AccessTimesTest, MayPassMidnight) {
  use_zone("UTC0");
  const AccessTimes times({{at(22, 0), at(5, 59)}});
  EXPECT_TRUE(times.contains(utc(1, 1, 23h + 59min + 59s)));
  EXPECT_TRUE(times.contains(utc(1, 2, 0s)));
  EXPECT_TRUE(times.contains(utc(1, 2, 5h + 59min)));
  EXPECT_FALSE(times.contains(utc(1, 2, 6h)));
  EXPECT_FALSE(times.contains(utc(1, 2, 21h + 59min)));
}

TEST_F(AccessTimesTest, MayBeSeveralRanges) {
  use_zone("UTC0");
  const AccessTimes times({{at(8, 0), at(9, 59)}, {at(14, 0), at(14, 0)}});
  EXPECT_TRUE(times.contains(utc(1, 1, 9h)));
  EXPECT_FALSE(times.contains(utc(1, 1, 10h)));
  EXPECT_TRUE(times.contains(utc(1, 1, 14h + 30s)));
  EXPECT_FALSE(times.contains(utc(1, 1, 14h + 1min)));
}

TEST_F(AccessTimesTest, AreLocal) {
  use_zone("UTC-5:30");
  const AccessTimes times({{at(8, 0), at(8, 59)}});
  EXPECT_TRUE(times.contains(utc(1, 1, 2h + 30min)));
  EXPECT_FALSE(times.contains(utc(1, 1, 8h)));
}

TEST_F(AccessTimesTest, FollowSummerTime) {
  use_central_europe();
  const AccessTimes times({{at(8, 0), at(8, 59)}});
  EXPECT_TRUE(times.contains(utc(1, 15, 7h)));
  EXPECT_FALSE(times.contains(utc(7, 15, 7h)));
  EXPECT_TRUE(times.contains(utc(7, 15, 6h)));
}

TEST_F(AccessTimesTest, NeverComeInTheHourThatIsSkipped) {
  use_central_europe();
  const AccessTimes times({{at(2, 0), at(2, 59)}});
  EXPECT_FALSE(times.contains(utc(3, 29, 59min + 59s)));
  EXPECT_FALSE(times.contains(utc(3, 29, 1h)));
  EXPECT_FALSE(times.contains(utc(3, 29, 1h + 30min)));
}

TEST_F(AccessTimesTest, ComeTwiceInTheHourThatIsRepeated) {
  use_central_europe();
  const AccessTimes times({{at(2, 0), at(2, 59)}});
  EXPECT_TRUE(times.contains(utc(10, 25, 30min)));
  EXPECT_TRUE(times.contains(utc(10, 25, 1h + 30min)));
  EXPECT_FALSE(times.contains(utc(10, 25, 2h)));
}

}  // namespace
}  // namespace porterd::admission
