// SPDX-License-Identifier: Apache-2.0
//
// The lines of an original that say something, for the report: neither blank nor a comment nor only a brace.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/document.h"

namespace porterd::migration {

struct Line {
  config::Location where{};  ///< its first word
  std::string text{};        ///< without blanks around it
  /// Line of the entry that it belongs to; its own line where it stands for itself; 0 where the whole file is one.
  std::uint32_t head = 0;
};

using SourceFiles = std::vector<std::shared_ptr<const config::SourceFile>>;

/// Of xinetd.conf and what it includes.
[[nodiscard]] std::vector<Line> lines_of_xinetd(const SourceFiles& files);
/// Of inetd.conf: each line for itself.
[[nodiscard]] std::vector<Line> lines_of_inetd(const SourceFiles& files);
/// Of unit files of systemd, without the names of sections.
[[nodiscard]] std::vector<Line> lines_of_units(const SourceFiles& files);

}  // namespace porterd::migration
