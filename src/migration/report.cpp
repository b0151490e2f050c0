// SPDX-License-Identifier: Apache-2.0
#include "migration/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "config/emit.h"
#include "migration/service_text.h"

namespace porterd::migration {
namespace {

using config::Severity;

enum class Fate : std::uint8_t { kept, changed, unsupported };
constexpr std::array<std::string_view, 3> kFates{"kept", "changed", "not supported"};

/// A line of a file; the file by its address.
using Place = std::pair<const config::SourceFile*, std::uint32_t>;
Place place_of(const config::Location& where) { return {where.file.get(), where.line}; }

/// What was found at a line.
struct Found {
  Fate fate = Fate::kept;
  std::string where{};
  std::vector<std::string> settings{};
  std::vector<std::string> words{};
};

class Report {
 public:
  Report(const config::Document& document, const Remarks& remarks) {
    for (const auto& section : document.sections) add_section(section);
    for (const auto& one : remarks.of_reader.all())
      add(one, one.severity >= Severity::error     ? Fate::unsupported
               : one.severity == Severity::warning ? Fate::changed
                                                   : Fate::kept);
    for (const auto& one : remarks.of_machine.all())
      add(one, one.severity >= Severity::error ? Fate::unsupported : Fate::kept);
  }

  std::string text(const std::vector<Line>& lines) {
    for (const auto& line : lines) add_line(line);
    // What was said about no line of these, as of a file that is not there, or of one as a whole.
    for (const auto& [place, found] : found_)
      if (!found.words.empty() && !told_.contains(place))
        text_ += fmt::format("\n{}\n       {:14} {}\n", found.where, kFates[static_cast<std::size_t>(found.fate)],
                             fmt::join(found.words, "\n                      "));
    return text_ + fmt::format("\n{} lines: {} kept, {} changed, {} not supported\n", lines.size(), counts_[0],
                               counts_[1], counts_[2]);
  }

 private:
  void add_section(const config::Section& section) {
    if (section.is_bad) return add_bad(section);
    found_[place_of(section.where)].settings.push_back(fmt::format("service: {}", comment_text(service_id(section))));
    for (const auto& setting : section.settings)
      if (place_of(setting.where) != place_of(section.where) || !setting.is_implied) add_setting(setting);
  }

  // Its entry, or all files that it was made from.
  void add_bad(const config::Section& section) {
    bad_heads_.insert(place_of(section.where));
    bad_heads_.emplace(section.where.file.get(), 0);
    for (const auto& setting : section.settings) bad_heads_.emplace(setting.where.file.get(), 0);
  }

  // At its name's place and its value's; what is in defaults is shared by many.
  void add_setting(const config::Setting& setting) {
    auto& settings = found_[place_of(setting.where)].settings;
    auto shown = fmt::format("{}: {}", setting.name, config::emit_yaml(setting.value));
    if (std::ranges::find(settings, shown) == settings.end()) settings.push_back(std::move(shown));
  }

  void add(const config::Diagnostic& one, Fate fate) {
    std::vector<std::string> words{comment_text(one.message)};
    if (!one.hint.empty()) words.push_back((fate == Fate::unsupported ? "do: " : "") + comment_text(one.hint));
    auto& found = found_[place_of(one.where)];
    found.where = comment_text(one.where.text());
    found.fate = std::max(found.fate, fate);
    found.words.insert(found.words.end(), words.begin(), words.end());
  }

  void add_line(const Line& line) {
    if (line.where.file.get() != file_) {
      file_ = line.where.file.get();
      text_ += fmt::format("{}{}\n", text_.empty() ? "" : "\n", comment_text(file_->path));
    }
    auto found = found_[place_of(line.where)];
    told_.insert(place_of(line.where));
    if (found.fate != Fate::unsupported && bad_heads_.contains({file_, line.head})) {
      found.fate = Fate::unsupported;
      found.settings.clear();
      found.words.emplace_back("its service is left out");
    }
    ++counts_[static_cast<std::size_t>(found.fate)];
    text_ += fmt::format("{:5}  {:14} {}", line.where.line, kFates[static_cast<std::size_t>(found.fate)], line.text);
    if (!found.settings.empty()) text_ += fmt::format("  ->  {}", fmt::join(found.settings, "; "));
    text_ += '\n';
    for (const auto& words : found.words) text_ += fmt::format("{:22}{}\n", "", words);
  }

  std::map<Place, Found> found_;
  std::set<Place> bad_heads_;
  std::set<Place> told_;
  const config::SourceFile* file_ = nullptr;
  std::array<std::size_t, 3> counts_{};
  std::string text_;
};

}  // namespace

std::string report(const std::vector<Line>& lines, const config::Document& document, const Remarks& remarks) {
  return Report(document, remarks).text(lines);
}

}  // namespace porterd::migration
