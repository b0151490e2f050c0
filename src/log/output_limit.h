// SPDX-License-Identifier: Apache-2.0
//
// How many lines one server may write to the log: a rate with a burst, and a count of what went beyond.
#pragma once

#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "base/token_bucket.h"

namespace porterd::log {

/// One per session. Pure.
class OutputLimit {
 public:
  explicit OutputLimit(base::TokenRate rate) : rate_(rate) {}

  /// Whether the next line may be logged; if not, it is counted as lost.
  [[nodiscard]] bool admits(base::SteadyTime now) {
    if (bucket_.take(rate_, now)) return true;
    ++lost_;
    return false;
  }

  /// Lines lost since the last call. To be reported (`output_lost lines=N`) before the next line that is admitted, and
  /// when the session ends.
  [[nodiscard]] std::int64_t take_lost() { return std::exchange(lost_, 0); }

 private:
  base::TokenRate rate_;
  base::TokenBucket bucket_;
  std::int64_t lost_ = 0;
};

}  // namespace porterd::log
