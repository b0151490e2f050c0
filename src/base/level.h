// SPDX-License-Identifier: Apache-2.0
//
// Severity of what is logged: those of syslog(3)'s that are used here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace porterd::base {

enum class Level : std::uint8_t { error, warning, notice, info, debug };
inline constexpr std::string_view kLevelNames[] = {"error", "warning", "notice", "info", "debug"};
constexpr std::span<const std::string_view> enum_names(Level) { return kLevelNames; }

/// The number that syslog(3) and journald use: error 3 … debug 7.
[[nodiscard]] constexpr int syslog_priority(Level level) { return 3 + static_cast<int>(level); }

}  // namespace porterd::base
