// SPDX-License-Identifier: Apache-2.0
//
// Paths as texts.
#pragma once

#include <string>
#include <string_view>

namespace porterd::config {

/// "conf.d" of "conf.d/finger.yaml"; "." of "finger.yaml".
[[nodiscard]] std::string_view directory_of(std::string_view path);
/// "finger.yaml" of "conf.d/finger.yaml".
[[nodiscard]] std::string_view last_component(std::string_view path);
/// "finger" of "conf.d/finger.yaml".
[[nodiscard]] std::string_view stem_of(std::string_view path);
/// `name` in `directory`.
[[nodiscard]] std::string joined(std::string_view directory, std::string_view name);
/// A pattern of glob(7) that matches `path` alone, whatever is in it.
[[nodiscard]] std::string escaped_pattern(std::string_view path);

}  // namespace porterd::config
