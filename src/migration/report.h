// SPDX-License-Identifier: Apache-2.0
//
// What became of each line of an original: kept, kept with another meaning, or not supported and what to do about it.
#pragma once

#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/document.h"
#include "migration/lines.h"

namespace porterd::migration {

/// What there is to say of a line besides the settings that came of it.
struct Remarks {
  /// Of the reader: an error says what is not supported, a warning what has another meaning, a note is only a note.
  config::Diagnostics of_reader;
  /// Of the compiler, about this machine: errors keep a service from running here, all else is a note.
  config::Diagnostics of_machine;
};

/// One part for each file, with a line for each of `lines`, and sums at the end. A line of an entry that is not written
/// is not supported either.
[[nodiscard]] std::string report(const std::vector<Line>& lines, const config::Document& document,
                                 const Remarks& remarks);

}  // namespace porterd::migration
