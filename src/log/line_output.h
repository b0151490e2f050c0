// SPDX-License-Identifier: Apache-2.0
//
// Whole lines to a descriptor of any kind, without ever waiting for a reader.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::log {

class LineOutput {
 public:
  /// For a descriptor that is ours alone, such as a log file opened with O_APPEND.
  explicit LineOutput(base::Fd fd) : LineOutput(std::move(fd), Way::write) {}

  /// For a descriptor that others share, such as standard error. O_NONBLOCK belongs to what is shared, so it is not
  /// touched: a pipe or terminal is opened anew through /proc/self/fd, a socket takes MSG_DONTWAIT. Where opening is
  /// not permitted (a pipe that root made) there is a poll(2) before each write. Fails when `descriptor` is not open.
  [[nodiscard]] static base::Result<LineOutput> share(int descriptor);

  /// Writes `line`, which ends in '\n'; false when it could not be written as a whole. If the kernel took part of
  /// it, the next line begins with a line end, so that each line that is written stands alone.
  [[nodiscard]] bool write(std::string_view line);

 private:
  enum class Way : std::uint8_t { write, write_when_ready, send };
  LineOutput(base::Fd fd, Way way) : fd_(std::move(fd)), way_(way) {}

  base::Fd fd_;
  Way way_;
  bool is_line_broken_ = false;
};

}  // namespace porterd::log
