// SPDX-License-Identifier: Apache-2.0
//
// Tells when what stands at a path now has been removed or replaced there (inotify(7)).
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Readable when that has happened.
class PathWatch {
 public:
  [[nodiscard]] static base::Result<PathWatch> open();

  /// What stands at `path` now, and nothing else. Fails when nothing is there, or when the kernel has no watch left.
  [[nodiscard]] base::Status watch(const std::string& path);
  /// Throws away what has come.
  void drain();
  [[nodiscard]] int number() const { return events_.number(); }

 private:
  explicit PathWatch(base::Fd events) : events_(std::move(events)) {}
  base::Fd events_;
  int watched_ = -1;
};

}  // namespace porterd::os
