// SPDX-License-Identifier: Apache-2.0
#include "admission/access_times.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace porterd::admission {
namespace {

int minute_of_day(base::WallTime time) {
  const std::time_t seconds = base::Wall::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local.tm_hour * 60 + local.tm_min;
}

bool is_within(int minute, const config::TimeRange& range) {
  if (range.first <= range.last) return range.first <= minute && minute <= range.last;
  return range.first <= minute || minute <= range.last;
}

}  // namespace

AccessTimes::AccessTimes(std::vector<config::TimeRange> ranges) : ranges_(std::move(ranges)) {
  if (!ranges_.empty()) ::tzset();
}

bool AccessTimes::contains(base::WallTime time) const {
  if (ranges_.empty()) return true;
  const int minute = minute_of_day(time);
  return std::ranges::any_of(ranges_, [minute](const config::TimeRange& range) { return is_within(minute, range); });
}

}  // namespace porterd::admission
