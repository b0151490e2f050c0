// SPDX-License-Identifier: Apache-2.0
//
// Importing texts in tests.
#pragma once

#include <string>

#include "../config/fake_world.h"
#include "migration/import.h"

namespace porterd::migration {

/// Imports the file at `path` of a world.
inline Imported import_file(Format format, const std::string& path, const config::FakeWorld& world) {
  auto imported = import_services({.format = format, .path = path}, world);
  if (!imported) return {.files = {}, .report = "failed: " + imported.error().text()};
  return std::move(*imported);
}

/// All files, each after its name.
inline std::string shown(const Imported& imported) {
  std::string text;
  for (const auto& [name, content] : imported.files) text += "== " + name + "\n" + content;
  return text;
}

}  // namespace porterd::migration
