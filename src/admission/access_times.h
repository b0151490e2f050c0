// SPDX-License-Identifier: Apache-2.0
//
// When a service may be used: ranges of minutes of the local day. A range whose end is before its start
// passes midnight. What the clock on the wall shows counts: an hour that summer time skips never comes, one
// that it repeats comes twice.
#pragma once

#include <vector>

#include "base/clock.h"
#include "config/config.h"

namespace porterd::admission {

class AccessTimes {
 public:
  /// Always.
  AccessTimes() = default;
  /// Load time only: reads the time zone (tzset(3)), so that look-ups need not. No range: always.
  explicit AccessTimes(std::vector<config::TimeRange> ranges);

  /// Whether `time`, as local time, lies within a range; its last minute included.
  [[nodiscard]] bool contains(base::WallTime time) const;

 private:
  std::vector<config::TimeRange> ranges_;
};

}  // namespace porterd::admission
