// SPDX-License-Identifier: Apache-2.0
//
// A token bucket on the steady clock. Time is a parameter, and so are rate and size: both may change under a living
// bucket (a reload) without it being refilled. Arithmetic is in whole billionths of a token, of which
// a nanosecond brings exactly `per_second`: nothing is rounded, so nothing drifts. (A rate over more than one second
// loses less than a billionth of a token each time.)
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace porterd::base {

/// How fast a bucket fills and how much it holds. 0 is taken as 1 in all.
struct TokenRate {
  std::uint32_t per_second = 1;
  std::uint32_t burst = 1;    ///< the bucket's size
  std::uint32_t seconds = 1;  ///< in which `per_second` tokens come, for rates such as 5 a minute: {5, 5, 60}
};

/// Begins full. A copy is a bucket of its own.
class TokenBucket {
 public:
  /// Takes a token; false when there is none at `now`.
  [[nodiscard]] bool take(TokenRate rate, SteadyTime now);
  /// How long until take() succeeds; zero when it would now. Rounded up to a whole nanosecond.
  [[nodiscard]] std::chrono::nanoseconds wait(TokenRate rate, SteadyTime now) const;
  /// Whole tokens in the bucket at `now`.
  [[nodiscard]] std::uint32_t available(TokenRate rate, SteadyTime now) const;

 private:
  [[nodiscard]] std::uint64_t missing_at(TokenRate rate, SteadyTime now) const;

  std::uint64_t missing_ = 0;  ///< billionths of a token that the bucket lacked at `when_`
  SteadyTime when_{};
};

}  // namespace porterd::base
