// SPDX-License-Identifier: Apache-2.0
//
// Whether bytes are text: UTF-8 as RFC 3629 has it. yaml-cpp would take anything, guess UTF-16 and UTF-32, and count
// columns in what it made of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace porterd::config {

/// Where the first byte stands that is NUL or not part of a UTF-8 character (overlong forms and surrogates are none).
[[nodiscard]] std::optional<std::size_t> first_bad_byte(std::string_view text);

}  // namespace porterd::config
