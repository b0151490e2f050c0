// SPDX-License-Identifier: Apache-2.0
#include "migration/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

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
    // What was said about no line, as of a file that is not there.
    for (const auto& words : loose_) text_ += words;
    return text_ + fmt::format("\n{} lines: {} kept, {} changed, {} not supported\n", lines.size(), counts_[0],
                               counts_[1], counts_[2]);
  }

 private:
  void add_section(const config::Section& section) {
    if (section.is_bad) bad_heads_.insert(place_of(section.where));
    if (section.is_bad) return;
    found_[place_of(section.where)].settings.push_back(fmt::format("service: {}", service_id(section)));
    for (const auto& setting : section.settings)
      if (place_of(setting.where) != place_of(section.where) || !setting.is_implied) add_setting(setting);
  }

  // At its name's place and its value's; what is in defaults is shared by many.
  void add_setting(const config::Setting& setting) {
    auto& settings = found_[place_of(setting.where)].settings;
    auto shown = fmt::format("{}: {}", setting.name, config::emit_yaml(setting.value));
    if (std::ranges::find(settings, shown) == settings.end()) settings.push_back(std::move(shown));
  }

  void add(const config::Diagnostic& one, Fate fate) {
    std::vector<std::string> words{one.message};
    if (!one.hint.empty()) words.push_back((fate == Fate::unsupported ? "do: " : "") + one.hint);
    if (!one.where.file || one.where.line == 0) {
      loose_.push_back(fmt::format("{}\n    {}\n", one.where.text(), fmt::join(words, "\n    ")));
      return;
    }
    auto& found = found_[place_of(one.where)];
    found.fate = std::max(found.fate, fate);
    found.words.insert(found.words.end(), words.begin(), words.end());
  }

  void add_line(const Line& line) {
    if (line.where.file.get() != file_) {
      file_ = line.where.file.get();
      text_ += fmt::format("{}{}\n", text_.empty() ? "" : "\n", file_->path);
    }
    auto found = found_[place_of(line.where)];
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
  std::vector<std::string> loose_;
  const config::SourceFile* file_ = nullptr;
  std::array<std::size_t, 3> counts_{};
  std::string text_;
};

}  // namespace

std::string report(const std::vector<Line>& lines, const config::Document& document, const Remarks& remarks) {
  return Report(document, remarks).text(lines);
}

}  // namespace porterd::migration
