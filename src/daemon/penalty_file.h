// SPDX-License-Identifier: Apache-2.0
//
// Penalties on disk, so that they outlive a restart: one a line, "SOURCE END", the end as seconds since 1970 or
// "forever". Start and timers only.
#pragma once

#include <string>
#include <string_view>

#include "admission/penalties.h"
#include "base/result.h"

namespace porterd::daemon {

[[nodiscard]] std::string penalty_text(const admission::Penalties& penalties);
/// Adds what `text` has and is not over. Lines that are none are left out.
void read_penalties(std::string_view text, base::WallTime now, admission::Penalties& penalties);

/// Adds what the file has; one that is not there is no error. One that others may write to, or that belongs to somebody
/// else, is not trusted.
[[nodiscard]] base::Status load_penalties(const std::string& path, base::WallTime now, admission::Penalties& penalties);
/// Replaces the file at once, and makes the folder that it is in if that is missing. Nothing but root's, or ours, may
/// read it.
[[nodiscard]] base::Status save_penalties(const std::string& path, const admission::Penalties& penalties);

}  // namespace porterd::daemon
