// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/enum_names.h"

namespace porterd::config {
namespace {

// A longer line is cut around the place, so that one long line cannot fill the screen.
constexpr std::size_t kLongestLine = 160;
constexpr std::size_t kShownBefore = 60;

constexpr bool is_control(char letter) { return (letter >= 0 && letter < ' ') || letter == '\x7f'; }
constexpr bool is_continuation(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

// Bytes of the character at the front of `text` when a terminal or a viewer would act on it instead of showing it, else
// 0: C0 and C1 controls, and what turns the direction of writing (U+202A to U+202E, U+2066 to U+2069).
std::size_t length_of_control(std::string_view text) {
  if (is_control(text.front())) return 1;
  const auto two = text.substr(0, 2);
  if (two.size() == 2 && two >= "\xC2\x80" && two <= "\xC2\x9F") return 2;
  const auto three = text.substr(0, 3);
  const bool is_turn =
      (three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE") || (three >= "\xE2\x81\xA6" && three <= "\xE2\x81\xA9");
  return is_turn && three.size() == 3 ? 3 : 0;
}

// A configuration may hold anything; what it says must not drive the reader's terminal.
std::string printable(std::string_view text, bool keep_tabs) {
  std::string result;
  while (!text.empty()) {
    const auto control = keep_tabs && text.front() == '\t' ? 0 : length_of_control(text);
    result += control > 0 ? '?' : text.front();
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return result;
}

std::string_view line_of(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// What stands under `part`: a tab stays a tab, a character of several bytes is one blank or one mark.
std::string beneath(std::string_view part, char mark) {
  std::string text;
  for (const char letter : part)
    if (!is_continuation(letter)) text += letter == '\t' && mark == ' ' ? '\t' : mark;
  return text;
}

// The offending line, and a caret with tildes under the place.
std::string excerpt(const Location& where) {
  std::string_view line = line_of(where.file->text, where.line);
  std::size_t start = where.column > 0 ? where.column - 1 : 0;
  if (line.empty() || start > line.size()) return {};
  if (line.size() > kLongestLine) {
    std::size_t cut = start > kShownBefore ? start - kShownBefore : 0;
    while (cut < start && is_continuation(line[cut])) ++cut;
    line = line.substr(cut, kLongestLine);
    start -= cut;
  }
  auto marks = beneath(line.substr(start, std::max<std::size_t>(where.length, 1)), '~');
  if (marks.empty()) marks.push_back('~');
  marks.front() = '^';
  return fmt::format("{:>5} | {}\n      | {}{}\n", where.line, printable(line, true),
                     beneath(line.substr(0, start), ' '), marks);
}

}  // namespace

std::string Diagnostic::text() const {
  auto text =
      fmt::format("{}: {}: {}\n", printable(where.text(), false), base::name_of(severity), printable(message, false));
  if (where.file && where.line > 0) text += excerpt(where);
  if (!hint.empty()) text += fmt::format("  {}\n", printable(hint, false));
  text.pop_back();
  return text;
}

void Diagnostics::add(Severity severity, Location where, std::string message, std::string hint) {
  all_.push_back({severity, std::move(where), std::move(message), std::move(hint)});
}

void Diagnostics::append(Diagnostics&& others) {
  std::ranges::move(others.all_, std::back_inserter(all_));
  others.all_.clear();
}

void Diagnostics::lower(Severity most) {
  for (auto& diagnostic : all_) diagnostic.severity = std::min(diagnostic.severity, most);
}

void Diagnostics::raise_errors() {
  for (auto& diagnostic : all_)
    if (diagnostic.severity == Severity::error) diagnostic.severity = Severity::fatal;
}

std::size_t Diagnostics::count(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count(all_, severity, &Diagnostic::severity));
}

bool Diagnostics::has(Severity at_least) const {
  return std::ranges::any_of(all_, [&](const auto& diagnostic) { return diagnostic.severity >= at_least; });
}

std::string Diagnostics::text() const {
  std::string text;
  for (const auto& diagnostic : all_) text += diagnostic.text() + '\n';
  return text;
}

}  // namespace porterd::config
