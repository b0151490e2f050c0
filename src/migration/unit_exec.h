// SPDX-License-Identifier: Apache-2.0
//
// ExecStart= of a unit, systemd.service(5) "COMMAND LINES".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/unit_words.h"

namespace porterd::migration {

struct ExecCommand {
  std::string prefixes;  ///< of "@-:+!|", as written
  std::string program;   ///< as written: a path, or a name to look for
  std::optional<std::string> argv0{};
  std::vector<std::string> arguments{};

  [[nodiscard]] bool has_prefix(char sign) const { return prefixes.contains(sign); }
};

/// Variables are replaced unless the prefix `:` is there.
[[nodiscard]] OrComplaint<ExecCommand> parse_exec(std::string_view text, const UnitNames& names,
                                                  const FindVariable& find);

}  // namespace porterd::migration
