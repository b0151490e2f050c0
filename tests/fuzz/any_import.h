// SPDX-License-Identifier: Apache-2.0
//
// What must be true of everything that --import takes.
#pragma once

#include "any_world.h"
#include "migration/import.h"

namespace porterd::migration {

/// What was made means the same as the original, which import_services() looks at by itself; the report lets no control
/// character through.
inline void check_import(Format format, const std::string& path, const config::World& world) {
  const auto imported = import_services({.format = format, .path = path}, world);
  if (!imported) {
    if (imported.error().text().contains("defect of porterd")) config::fail("an import", imported.error().text());
    return;
  }
  for (const char letter : imported->report)
    if (static_cast<unsigned char>(letter) < ' ' && letter != '\n' && letter != '\t')
      config::fail("a control character in a report", imported->report);
}

}  // namespace porterd::migration
