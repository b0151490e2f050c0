// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_file.h"

#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "config/codec.h"

namespace porterd::migration {
namespace {

using config::Location;
using config::Severity;

class Reader {
 public:
  Reader(const std::shared_ptr<const config::SourceFile>& file, Unit& unit, config::Diagnostics& diagnostics)
      : file_(file), unit_(unit), diagnostics_(diagnostics) {}

  void read() {
    std::uint32_t number = 0;
    for (const auto line : base::split(file_->text, '\n')) read_line(line, ++number);
    finish();
  }

 private:
  void read_line(std::string_view line, std::uint32_t number) {
    auto text = base::trim(line);
    // A comment does not end a line that goes on.
    if (!text.empty() && (text.front() == '#' || text.front() == ';')) return;
    if (!goes_on_) {
      if (text.empty()) return;
      where_ = {.file = file_,
                .line = number,
                .column = static_cast<std::uint32_t>(text.data() - line.data() + 1),
                .length = static_cast<std::uint32_t>(text.size())};
      text_.clear();
    }
    goes_on_ = text.ends_with('\\');
    if (goes_on_) text.remove_suffix(1);
    text_ += text;
    if (goes_on_) {
      text_ += ' ';
    } else {
      finish();
    }
  }

  void finish() {
    const auto text = base::trim(text_);
    if (!text.empty()) take(text);
    text_.clear();
    goes_on_ = false;
  }

  void take(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) {
      section_ = text.substr(1, text.size() - 2);
      return;
    }
    const auto sign = text.find('=');
    if (sign == std::string_view::npos || section_.empty())
      return diagnostics_.add(Severity::warning, where_, "is no setting and is ignored", "[SECTION], then KEY=value");
    auto key = base::trim(text.substr(0, sign));
    where_.length = static_cast<std::uint32_t>(std::max<std::size_t>(key.size(), 1));
    unit_.settings.push_back({.section = section_,
                              .key = std::string(key),
                              .value = std::string(base::trim(text.substr(sign + 1))),
                              .where = where_});
  }

  const std::shared_ptr<const config::SourceFile>& file_;
  Unit& unit_;
  config::Diagnostics& diagnostics_;
  std::string section_;
  std::string text_;
  Location where_;
  bool goes_on_ = false;
};

}  // namespace

const UnitSetting* Unit::find(std::string_view section, std::string_view key) const {
  for (const auto& setting : settings | std::views::reverse)
    if (setting.section == section && setting.key == key) return setting.value.empty() ? nullptr : &setting;
  return nullptr;
}

std::string Unit::prefix() const { return name.substr(0, std::min(name.find('@'), name.rfind('.'))); }

void read_unit_file(const std::shared_ptr<const config::SourceFile>& file, Unit& unit,
                    config::Diagnostics& diagnostics) {
  if (!unit.where.file) unit.where = {.file = file, .line = 1, .column = 1};
  Reader(file, unit, diagnostics).read();
}

}  // namespace porterd::migration
