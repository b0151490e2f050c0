// SPDX-License-Identifier: Apache-2.0
//
// Where porterd's own helper programs are: what needs a large library, or reads what clients send, is a program of its
// own that porterd starts like any server.
#pragma once

#include <string>
#include <string_view>

namespace porterd::os {

/// The path of a helper such as "porterd-tcpd": beside the running porterd, as in a build tree, or else in libexec. It
/// may not be there. Load time only.
[[nodiscard]] std::string helper_path(std::string_view name);

}  // namespace porterd::os
