// SPDX-License-Identifier: Apache-2.0
//
// The steps between clone and exec, in their order. The name of the one that failed is the `step` of a "failed" record.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace porterd::spawn {

enum class Stage : std::uint8_t {
  none,  ///< nothing failed
  clone,
  close_range,
  setsid,
  dup2,
  setrlimit,
  setpriority,
  setgroups,
  setgid,
  setuid,
  chdir,
  exec,
};
inline constexpr std::string_view kStageNames[] = {"none",   "clone",     "close_range", "setsid",
                                                   "dup2",   "setrlimit", "setpriority", "setgroups",
                                                   "setgid", "setuid",    "chdir",       "exec"};
constexpr std::span<const std::string_view> enum_names(Stage) { return kStageNames; }

}  // namespace porterd::spawn
