// SPDX-License-Identifier: Apache-2.0
//
// Applying settings to a record through the table, with everything that may be wrong about a setting's name
// and operator. A part of the compiler.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "config/codec.h"
#include "config/table.h"

namespace porterd::config {

/// The sentence about a name that is no attribute in sections of this kind, and what might have been meant.
void report_unknown(const Setting& setting, Section::Kind kind, Diagnostics& diagnostics);

/// What became of a setting.
enum class Outcome : std::uint8_t {
  taken,
  rejected,      ///< reported
  unknown_here,  ///< names what this machine does not have; not reported yet
};

/// Reports why `setting` was not taken. `form` is the row's.
void report_rejection(const Setting& setting, const Rejection& rejection, std::string_view form,
                      Diagnostics& diagnostics);

/// Applies `setting` through `row`. Reports everything but what is unknown here when `is_lenient`.
enum class Machine : std::uint8_t { counts, does_not_count };
template <typename Record>
[[nodiscard]] Outcome apply_setting(const Attribute<Record>& row, const Setting& setting, Record& record,
                                    const World& world, Machine machine, Diagnostics& diagnostics) {
  if (setting.op != Operator::assign && row.operators == Operators::assign) {
    diagnostics.add(Severity::error, setting.where,
                    fmt::format("'{}' is not a set: it takes neither + nor -", setting.name),
                    fmt::format("{}: {}", setting.name, row.form));
    return Outcome::rejected;
  }
  Diagnostics warnings;
  const auto applied = row.apply(record, setting.op, setting.value, {world, warnings});
  if (machine == Machine::counts) diagnostics.append(std::move(warnings));
  if (applied) return Outcome::taken;
  if (applied.error().kind == Rejection::Kind::unknown_here && machine == Machine::does_not_count)
    return Outcome::unknown_here;
  report_rejection(setting, applied.error(), row.form, diagnostics);
  return Outcome::rejected;
}

}  // namespace porterd::config
