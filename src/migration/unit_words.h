// SPDX-License-Identifier: Apache-2.0
//
// Values of unit files as words: systemd's quotes and escapes (systemd.syntax(7)), specifiers (systemd.unit(5)) and
// variables of command lines (systemd.service(5)).
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace porterd::migration {

/// What went wrong, as a sentence for a diagnostic.
template <typename T>
using OrComplaint = std::expected<T, std::string>;

/// Words between blanks; single and double quotes hold a word together, and C's escapes and \s (a blank) are undone.
[[nodiscard]] OrComplaint<std::vector<std::string>> split_unit_words(std::string_view text);

/// What specifiers stand for that are the same for every instance of a unit on every machine.
struct UnitNames {
  std::string prefix;  ///< %p: "finger" of "finger@.service"
  std::string user;    ///< %u; empty: not known
};

/// `text` with its specifiers replaced. A complaint names one that depends on the connection or on the machine.
[[nodiscard]] OrComplaint<std::string> replace_specifiers(std::string_view text, const UnitNames& names);

/// The value of a variable, or nothing when it has none.
using FindVariable = std::function<std::optional<std::string>(std::string_view name)>;

/// The words of a command line with their variables replaced: `$NAME` as a word of its own becomes as many words as its
/// value has, `${NAME}` is replaced within a word, `$$` is a `$`.
[[nodiscard]] OrComplaint<std::vector<std::string>> replace_variables(const std::vector<std::string>& words,
                                                                      const FindVariable& find);

}  // namespace porterd::migration
