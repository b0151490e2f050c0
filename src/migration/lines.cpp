// SPDX-License-Identifier: Apache-2.0
#include "migration/lines.h"

#include "base/text.h"
#include "config/xinetd_text.h"
#include "migration/comments.h"

namespace porterd::migration {
namespace {

using config::Location;

Line line_at(const std::shared_ptr<const config::SourceFile>& file, std::size_t number, std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\f\v");
  const auto line = static_cast<std::uint32_t>(number);
  const auto trimmed = base::trim(text);
  return {.where = Location{.file = file,
                            .line = line,
                            .column = static_cast<std::uint32_t>(begin == std::string_view::npos ? 1 : begin + 1),
                            .length = static_cast<std::uint32_t>(trimmed.size())},
          .text = comment_text(trimmed),
          .head = line};
}

// Every line that is neither blank nor begins with one of `signs`.
std::vector<Line> lines_without(const SourceFiles& files, std::string_view signs) {
  std::vector<Line> lines;
  for (const auto& file : files) {
    std::size_t number = 0;
    for (const auto text : base::split(file->text, '\n')) {
      ++number;
      const auto trimmed = base::trim(text);
      if (!trimmed.empty() && !signs.contains(trimmed.front())) lines.push_back(line_at(file, number, text));
    }
  }
  return lines;
}

bool begins_entry(std::string_view word) {
  using base::equal_ignoring_case;
  return equal_ignoring_case(word, "service") || equal_ignoring_case(word, "defaults");
}

}  // namespace

std::vector<Line> lines_of_xinetd(const SourceFiles& files) {
  std::vector<Line> lines;
  for (const auto& file : files) {
    config::XinetdLines all(file);
    std::uint32_t head = 0;
    while (const auto found = all.next()) {
      if (found->is_only('{')) continue;
      const bool is_end = found->is_only('}');
      const auto words = found->words();
      if (begins_entry(words.front().text)) head = found->number;
      if (!is_end) lines.push_back(line_at(file, found->number, found->text));
      if (!is_end && head != 0) lines.back().head = head;
      if (is_end) head = 0;
    }
  }
  return lines;
}

std::vector<Line> lines_of_inetd(const SourceFiles& files) { return lines_without(files, "#"); }

std::vector<Line> lines_of_units(const SourceFiles& files) {
  auto lines = lines_without(files, "#;[");
  for (auto& line : lines) line.head = 0;
  return lines;
}

}  // namespace porterd::migration
