// SPDX-License-Identifier: Apache-2.0
//
// Loading texts in tests.
#pragma once

#include <string>

#include "config/loader.h"
#include "fake_world.h"

namespace porterd::config {

/// Loads `text` as porterd.yaml.
inline Loaded load_main(const std::string& text, const World& world = FakeWorld()) {
  return load({.main = "porterd.yaml", .text = text}, world);
}

/// Loads `text` as a service's file, s.yaml, with these defaults.
inline Loaded load_service(const std::string& text, const std::string& defaults = {}, FakeWorld world = {}) {
  world.put("/s.yaml", text);
  return load({.main = "porterd.yaml",
               .text = defaults.empty() ? "" : "defaults: {" + defaults + "}\n",
               .services = {"/s.yaml"}},
              world);
}

/// The first lines of all diagnostics, without their places.
inline std::string messages(const Loaded& loaded) {
  std::string text;
  for (const auto& diagnostic : loaded.diagnostics.all()) {
    if (!text.empty()) text += " | ";
    text += std::string(kSeverityNames[static_cast<std::size_t>(diagnostic.severity)]) + ": " + diagnostic.message;
    if (!diagnostic.hint.empty()) text += " (" + diagnostic.hint + ")";
  }
  return text;
}

}  // namespace porterd::config
