// SPDX-License-Identifier: Apache-2.0
//
// The text of systemd's unit files, systemd.syntax(7): sections, KEY=value, lines that go on after a backslash. A unit
// is what its file and its drop-ins say, one after the other. Syntax only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/document.h"

namespace porterd::migration {

struct UnitSetting {
  std::string section;
  std::string key;
  std::string value;       ///< one line, without blanks around it; empty: forget what was set before
  config::Location where;  ///< of the key
};

struct Unit {
  std::string name;  ///< "finger@.service"
  config::Location where;
  std::vector<UnitSetting> settings;

  /// The last value of a key, or null when it was never given or has been reset.
  [[nodiscard]] const UnitSetting* find(std::string_view section, std::string_view key) const;
  /// "finger" of "finger@.service" and of "finger.socket".
  [[nodiscard]] std::string prefix() const;
};

/// Adds what `file` says to `unit`. A line that is no setting is ignored with a warning, as by systemd.
void read_unit_file(const std::shared_ptr<const config::SourceFile>& file, Unit& unit,
                    config::Diagnostics& diagnostics);

}  // namespace porterd::migration
