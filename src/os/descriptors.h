// SPDX-License-Identifier: Apache-2.0
//
// The process's descriptor table. Numbers below low_descriptors() are kept free for connections and the few
// descriptors that a child needs, so that a child can detach a small table however many listeners are open
// (close_range(2), CLOSE_RANGE_UNSHARE). Everything that stays open for long is moved above.
#pragma once

#include <sys/resource.h>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Opens /dev/null on each of 0, 1 and 2 that is closed, so that no socket ever lands there.
[[nodiscard]] base::Status occupy_standard_descriptors();

/// Marks every descriptor from 3 up CLOEXEC in one call: what whoever started us forgot must reach no service.
void close_inherited_on_exec();

/// Raises RLIMIT_NOFILE's soft limit to the hard one. Returns the limits as they were, for the children.
[[nodiscard]] rlimit raise_descriptor_limit();

/// The first number of the upper part: 64, or a quarter of RLIMIT_NOFILE where that is very low.
[[nodiscard]] int low_descriptors();

/// The same open file on a number at or above low_descriptors(), CLOEXEC; as it was when no number is free there.
[[nodiscard]] base::Fd move_high(base::Fd descriptor);

}  // namespace porterd::os
