// SPDX-License-Identifier: Apache-2.0
#include "os/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace porterd::os {

base::Status occupy_standard_descriptors() {
  for (int number = 0; number <= STDERR_FILENO; ++number) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    // The lowest free number is this one: those below are open by now. Not CLOEXEC: it stands in for a standard stream.
    if (::open("/dev/null", O_RDWR) < 0) return base::failure_errno("open /dev/null");  // NOLINT(android-cloexec-open)
  }
  return {};
}

void close_inherited_on_exec() {
  // Linux 5.11 and later; before that each service closes what it inherits by the mark its own creator set.
  [[maybe_unused]] const int result = ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

rlimit raise_descriptor_limit() {
  rlimit before{};
  if (::getrlimit(RLIMIT_NOFILE, &before) != 0) return {.rlim_cur = 1024, .rlim_max = 1024};
  const rlimit raised{.rlim_cur = before.rlim_max, .rlim_max = before.rlim_max};
  if (before.rlim_cur != before.rlim_max) [[maybe_unused]]
    const int ignored = ::setrlimit(RLIMIT_NOFILE, &raised);  // refused: we go on with what we have
  return before;
}

int low_descriptors() {
  static const int value = [] {
    constexpr rlim_t kLow = 64;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return static_cast<int>(kLow);
    return static_cast<int>(std::clamp<rlim_t>(limit.rlim_cur / 4, 8, kLow));
  }();
  return value;
}

base::Fd move_high(base::Fd descriptor) {
  if (descriptor.number() >= low_descriptors()) return descriptor;
  const int high = ::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, low_descriptors());
  if (high < 0) return descriptor;
  return base::Fd(high);
}

}  // namespace porterd::os
