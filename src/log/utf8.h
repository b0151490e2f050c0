// SPDX-License-Identifier: Apache-2.0
//
// One character of UTF-8 at a time (Unicode 15, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF).
#pragma once

#include <cstddef>
#include <string_view>

namespace porterd::log {

/// The character at the beginning of some text.
struct Character {
  char32_t point = 0;      ///< when is_valid
  std::size_t length = 1;  ///< bytes it takes; of invalid text the longest part that could have begun a character
  bool is_valid = false;
};

/// `text` must not be empty.
[[nodiscard]] Character first_character(std::string_view text);

/// Whether a terminal or a log viewer would act on the character instead of showing it: C0 and C1 controls, line and
/// paragraph separators, direction overrides, the byte order mark.
[[nodiscard]] bool is_control(char32_t point);

}  // namespace porterd::log
