// SPDX-License-Identifier: Apache-2.0
#include "admission/source_rates.h"

#include <algorithm>

namespace porterd::admission {

bool SourceRates::take(const base::Prefix& source, base::TokenRate rate, base::SteadyTime now) {
  const auto found = buckets_.find(source);
  if (found != buckets_.end()) return found->second.take(rate, now);
  if (buckets_.size() >= kMost) make_room(rate, now);
  if (buckets_.size() >= kMost) return shared_.take(rate, now);
  return buckets_[source].take(rate, now);
}

void SourceRates::make_room(base::TokenRate rate, base::SteadyTime now) {
  if (now < next_look_) return;
  std::erase_if(buckets_, [&](const auto& entry) {
    return entry.second.available(rate, now) >= std::max<std::uint32_t>(rate.burst, 1);
  });
  next_look_ = now + std::chrono::seconds(1);
}

}  // namespace porterd::admission
