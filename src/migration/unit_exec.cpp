// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_exec.h"

#include <algorithm>

namespace porterd::migration {

OrComplaint<ExecCommand> parse_exec(std::string_view text, const UnitNames& names, const FindVariable& find) {
  constexpr std::string_view kPrefixes = "@-:+!|";
  auto split = split_unit_words(text);
  if (!split) return std::unexpected(std::move(split).error());
  auto& words = *split;
  ExecCommand command;
  if (!words.empty()) {
    const auto end = std::min(words[0].find_first_not_of(kPrefixes), words[0].size());
    command.prefixes = words[0].substr(0, end);
    words[0].erase(0, end);
  }
  if (words.empty() || words[0].empty()) return std::unexpected("there is no program in it");
  if (std::ranges::find(words, ";") != words.end()) return std::unexpected("it is more than one command");
  for (auto& word : words) {
    auto replaced = replace_specifiers(word, names);
    if (!replaced) return std::unexpected(std::move(replaced).error());
    word = std::move(*replaced);
  }
  command.program = words[0];
  words.erase(words.begin());
  if (command.has_prefix('@') && words.empty()) return std::unexpected("'@' wants a name after the program");
  if (command.has_prefix('@')) {
    command.argv0 = words[0];
    words.erase(words.begin());
  }
  if (command.has_prefix(':')) {
    command.arguments = std::move(words);
    return command;
  }
  auto replaced = replace_variables(words, find);
  if (!replaced) return std::unexpected(std::move(replaced).error());
  command.arguments = std::move(*replaced);
  return command;
}

}  // namespace porterd::migration
