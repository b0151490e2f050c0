// SPDX-License-Identifier: Apache-2.0
//
// What names of hosts stand for, over several loads of a configuration: so that a load while porterd serves need not
// wait for a name server. Only names that a socket is bound to are in it; access lists have theirs looked up in the
// background.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"

namespace porterd::config {

struct HostBook {
  /// May be looked up when asked for; else names that are not known have no address, and are noted.
  bool may_wait = true;
  std::map<std::string, std::vector<base::IpAddress>> known{};  ///< no address: could not be looked up
  std::set<std::string> asked{};                                ///< by the last load
  std::set<std::string> missing{};                              ///< of these, not known

  /// Before a load.
  void begin() {
    asked.clear();
    missing.clear();
  }
  /// After one: names that it did not ask for are forgotten.
  void end() {
    std::erase_if(known, [&](const auto& entry) { return !asked.contains(entry.first); });
  }
};

}  // namespace porterd::config
