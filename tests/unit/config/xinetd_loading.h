// SPDX-License-Identifier: Apache-2.0
//
// Loading texts of xinetd.conf in tests.
#pragma once

#include <string>

#include "loading.h"

namespace porterd::config {

/// Loads `text` as /x.conf, with what else is in `world`.
inline Loaded load_xinetd(const std::string& text, FakeWorld world = {}) {
  world.put("/x.conf", text);
  return load({.main = "", .xinetd = {"/x.conf"}}, world);
}

/// An entry that is complete, with `lines` in it.
inline std::string xinetd_service(const std::string& lines = {}, const std::string& name = "finger") {
  return "service " + name + "\n{\n socket_type = stream\n wait = no\n user = nobody\n server = /bin/x\n" + lines +
         "\n}\n";
}

inline std::string xinetd_defaults(const std::string& lines) { return "defaults\n{\n" + lines + "\n}\n"; }

/// Services by their ids, with blanks between.
inline std::string ids_of(const Loaded& loaded) {
  std::string ids;
  for (const auto& service : loaded.config.services) ids += (ids.empty() ? "" : " ") + service.id;
  return ids;
}

}  // namespace porterd::config
