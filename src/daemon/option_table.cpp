// SPDX-License-Identifier: Apache-2.0
#include "daemon/option_table.h"

#include <algorithm>
#include <vector>

namespace porterd::daemon {
namespace {

constexpr int kFirstLong = 256;  // above every letter

/// What getopt_long(3) wants to know about rows.
struct GetoptTables {
  std::string letters;
  std::vector<option> names;

  GetoptTables(std::span<const OptionRow> rows, Operands operands)
      : letters(operands == Operands::anywhere ? ":" : "+:") {
    for (std::size_t index = 0; index < rows.size(); ++index) {
      const auto& row = rows[index];
      if (row.letter != '\0') letters.push_back(row.letter);
      if (row.letter != '\0' && row.argument != no_argument) letters += row.argument == required_argument ? ":" : "::";
      if (row.name != nullptr)
        names.push_back(
            {.name = row.name, .has_arg = row.argument, .flag = nullptr, .val = kFirstLong + static_cast<int>(index)});
    }
    names.push_back({});
  }
};

const OptionRow& row_of(std::span<const OptionRow> rows, int found) {
  if (found >= kFirstLong) return rows[static_cast<std::size_t>(found - kFirstLong)];
  return *std::ranges::find(rows, static_cast<char>(found), &OptionRow::letter);
}

// What getopt_long(3) did not take: "-xyz" is three options.
std::string culprit(const std::string& word) {
  return optopt == 0 || optopt >= kFirstLong || word.starts_with("--") ? word
                                                                       : std::string{'-', static_cast<char>(optopt)};
}

}  // namespace

base::Result<std::span<char* const>> apply_options(Options& options, std::span<char* const> arguments,
                                                   std::span<const OptionRow> rows, Operands operands) {
  const GetoptTables tables(rows, operands);
  const int count = static_cast<int>(arguments.size());
  opterr = 0;
  optind = 0;
  for (;;) {
    const int current = optind == 0 ? 1 : optind;
    const int found = ::getopt_long(count, arguments.data(), tables.letters.c_str(), tables.names.data(),
                                    nullptr);  // NOLINT(concurrency-mt-unsafe)
    if (found == -1) break;
    const std::string word = arguments[static_cast<std::size_t>(current)];
    if (found == '?') return base::failure(culprit(word) + ": no such option; see porterd --help");
    if (found == ':') return base::failure(culprit(word) + ": needs a value; see porterd --help");
    PORTERD_TRY(row_of(rows, found).apply(options, optarg));
  }
  return arguments.subspan(static_cast<std::size_t>(optind));
}

std::string help_lines(std::span<const OptionRow> rows) {
  constexpr std::size_t kColumn = 26;
  std::string text;
  for (const auto& row : rows) {
    if (*row.help == '\0') continue;
    std::string line = "  ";
    if (row.letter != '\0') line += std::string{'-', row.letter};
    if (row.letter != '\0' && row.name != nullptr) line += ", ";
    if (row.name != nullptr) line += std::string("--") + row.name;
    if (row.value != nullptr)
      line += row.argument == optional_argument ? std::string("[=") + row.value + "]" : std::string(" ") + row.value;
    line.resize(std::max(kColumn, line.size() + 1), ' ');
    text += line + row.help + "\n";
  }
  return text;
}

}  // namespace porterd::daemon
