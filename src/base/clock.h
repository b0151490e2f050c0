// SPDX-License-Identifier: Apache-2.0
//
// The two clocks. Durations and limits run on the steady clock; access times and log lines on the
// wall clock. Code that decides takes its time as a parameter; only the daemon asks a clock.
#pragma once

#include <chrono>

namespace porterd::base {

using Steady = std::chrono::steady_clock;  ///< CLOCK_MONOTONIC
using SteadyTime = Steady::time_point;
using Wall = std::chrono::system_clock;  ///< CLOCK_REALTIME
using WallTime = Wall::time_point;

/// Both clocks, read at one moment.
struct Moment {
  SteadyTime steady;
  WallTime wall;
};

/// The present moment.
[[nodiscard]] inline Moment now() { return {Steady::now(), Wall::now()}; }

}  // namespace porterd::base
