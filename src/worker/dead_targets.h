// SPDX-License-Identifier: Apache-2.0
//
// Targets that took no connection a moment ago: the next clients try the others first, so that not each of them waits
// for one that is down.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <numeric>
#include <vector>

#include "base/clock.h"

namespace porterd::worker {

/// By where they stand in memory: what has gone there only changes an order.
template <typename Target>
class DeadTargets {
 public:
  /// How long one is remembered.
  static constexpr std::chrono::seconds kMemory{5};

  /// It took no connection, or it did.
  void mark(const Target& target, base::SteadyTime now) { dead_[&target] = now + kMemory; }
  void forget(const Target& target) { dead_.erase(&target); }

  /// In which order to try these, as indices: as they are, but for the dead, which come last.
  [[nodiscard]] std::vector<std::size_t> order(const std::vector<Target>& targets, base::SteadyTime now) {
    std::erase_if(dead_, [now](const auto& entry) { return entry.second <= now; });
    std::vector<std::size_t> indices(targets.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    if (!dead_.empty())
      std::ranges::stable_partition(indices, [&](std::size_t index) { return !dead_.contains(&targets[index]); });
    return indices;
  }

 private:
  std::map<const Target*, base::SteadyTime> dead_;  ///< until when
};

}  // namespace porterd::worker
