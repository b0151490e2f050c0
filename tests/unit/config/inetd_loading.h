// SPDX-License-Identifier: Apache-2.0
//
// Loading texts as inetd.conf in tests.
#pragma once

#include <string>

#include "base/enum_names.h"
#include "config/printer.h"
#include "loading.h"

namespace porterd::config {

/// Loads `text` as /etc/inetd.conf, without a porterd.yaml.
inline Loaded load_inetd(const std::string& text, InetdDialect dialect = InetdDialect::openbsd, FakeWorld world = {}) {
  world.put("/etc/inetd.conf", text);
  return load({.main = "", .inetd = {"/etc/inetd.conf"}, .dialect = dialect}, world);
}

/// The services of a configuration, as YAML without the settings of porterd itself.
inline std::string services_of(const Loaded& loaded) {
  const auto text = dump_yaml(loaded.config);
  const auto first = text.find("---\n");
  return first == std::string::npos ? "" : text.substr(first);
}

/// The value of one attribute of the first service, as it is printed; "none" when it is as the program has it.
inline std::string value_of(const Loaded& loaded, const std::string& name) {
  if (loaded.config.services.empty()) return "no service";
  const auto text = "\n" + services_of(loaded);
  const auto begin = text.find("\n" + name + ": ");
  if (begin == std::string::npos) return "none";
  const auto value = begin + name.size() + 3;
  return text.substr(value, text.find('\n', value) - value);
}

}  // namespace porterd::config
