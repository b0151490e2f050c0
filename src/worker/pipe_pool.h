// SPDX-License-Identifier: Apache-2.0
//
// Empty pipes for relays, kept for the next one instead of being made anew.
#pragma once

#include <expected>
#include <vector>

#include "base/fd.h"

namespace porterd::worker {

/// A non-blocking pipe with nothing in it.
struct Pipe {
  base::Fd reading;
  base::Fd writing;
};

class PipePool {
 public:
  /// At most `spare` pipes are kept.
  explicit PipePool(std::size_t spare = 64) : limit_(spare) {}

  /// A pipe, or the errno of pipe2(2).
  [[nodiscard]] std::expected<Pipe, int> take();
  /// Takes one back that is empty; one that may not be is to be destroyed instead.
  void give_back(Pipe pipe);
  [[nodiscard]] std::size_t spare() const { return spare_.size(); }

 private:
  std::size_t limit_;
  std::vector<Pipe> spare_;
};

}  // namespace porterd::worker
