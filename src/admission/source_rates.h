// SPDX-License-Identifier: Apache-2.0
//
// How often each source connects: a token bucket for each that has come lately. Bounded: when there are too many, those
// that are forgotten would be full again; if that is not enough, newcomers share one bucket.
#pragma once

#include <cstddef>
#include <map>

#include "base/address.h"
#include "base/clock.h"
#include "base/token_bucket.h"

namespace porterd::admission {

class SourceRates {
 public:
  static constexpr std::size_t kMost = 16384;

  /// Takes a token of `source`; false when it has none at `now`.
  [[nodiscard]] bool take(const base::Prefix& source, base::TokenRate rate, base::SteadyTime now);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  void make_room(base::TokenRate rate, base::SteadyTime now);

  std::map<base::Prefix, base::TokenBucket> buckets_;
  base::TokenBucket shared_;
  base::SteadyTime next_look_{};  ///< when it may be worth looking for full ones again
};

}  // namespace porterd::admission
