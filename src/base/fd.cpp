// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"

#include <unistd.h>

namespace porterd::base {

void Fd::reset(int number) noexcept {
  const int old = std::exchange(number_, number);
  if (old >= 0) ::close(old);
}

}  // namespace porterd::base
