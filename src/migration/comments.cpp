// SPDX-License-Identifier: Apache-2.0
#include "migration/comments.h"

#include "base/text.h"
#include "config/utf8.h"

namespace porterd::migration {

std::string comment_text(std::string_view text) {
  const bool is_utf8 = !config::first_bad_byte(text);
  std::string shown;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x80 || is_utf8) {
      const bool is_control = (byte < ' ' && letter != '\t') || byte == 0x7f;
      shown += is_control ? '?' : letter;
    } else {
      shown += static_cast<char>(0xc0 | byte >> 6);
      shown += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return shown;
}

const Comments::Lines& Comments::lines_of(const std::shared_ptr<const config::SourceFile>& file) {
  auto& lines = lines_[file];
  if (lines.empty()) lines = base::split(file->text, '\n');
  return lines;
}

bool Comments::says_nothing(std::string_view line) const {
  line = base::trim(line);
  return line.empty() || signs_.contains(line.front());
}

std::string Comments::above(const config::Location& where) {
  if (!where.file || where.line == 0) return {};
  const auto& lines = lines_of(where.file);
  const std::size_t end = where.line - 1;
  auto begin = end;
  while (begin > 0 && begin <= lines.size() && says_nothing(lines[begin - 1])) --begin;
  return shown(where, begin, end);
}

std::string Comments::below(const config::Location& where) {
  if (!where.file || where.line == 0) return {};
  const auto& lines = lines_of(where.file);
  auto end = std::size_t{where.line};
  while (end < lines.size() && says_nothing(lines[end])) ++end;
  return shown(where, where.line, end);
}

// The comments of lines [begin, end), which count from 0, without blank lines around them.
std::string Comments::shown(const config::Location& where, std::size_t begin, std::size_t end) {
  const auto& lines = lines_of(where.file);
  std::string text;
  std::string blank;
  for (auto index = begin; index < end && index < lines.size(); ++index) {
    auto line = base::trim(lines[index]);
    if (line.empty()) {
      if (!text.empty()) blank = "\n";
      continue;
    }
    if (!handed_out_.emplace(where.file.get(), index).second) continue;
    line.remove_prefix(1);
    text += blank + '#' + comment_text(line) + '\n';
    blank.clear();
  }
  return text;
}

}  // namespace porterd::migration
