// SPDX-License-Identifier: Apache-2.0
//
// From the entries of xinetd.conf to sections: which services run, what xinetd requires of them, what they take from
// the defaults, and porterd's names for all of it. A service that needs something that porterd does not do (yet) is
// left out, with one error; nobody gets in whom xinetd would refuse.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "config/xinetd_entry.h"
#include "config/xinetd_reader.h"

namespace porterd::config {

class XinetdSections {
 public:
  /// `defaults` as they are after everything was read.
  XinetdSections(const XinetdEntry& defaults, XinetdDisabled disabled, const World& world, Diagnostics& diagnostics)
      : defaults_(defaults), disabled_(disabled), world_(world), diagnostics_(diagnostics) {}

  /// The section of a service. One that does not run is marked bad or disabled, and has little in it, unless it is
  /// disabled and such are read.
  [[nodiscard]] Section make(XinetdEntry& entry);

 private:
  [[nodiscard]] bool is_listed(std::string_view list, const XinetdEntry& entry) const;
  [[nodiscard]] std::optional<LeftOutReason> reason_to_disable(const XinetdEntry& entry) const;
  [[nodiscard]] const XinetdAttribute* inherited_mistake(const XinetdEntry& entry) const;
  [[nodiscard]] bool is_refused_by_wrappers();
  [[nodiscard]] bool can_be_wrapped(const XinetdEntry& entry) const;
  [[nodiscard]] std::string unique_id(const XinetdEntry& entry);

  const XinetdEntry& defaults_;
  const XinetdDisabled disabled_;
  const World& world_;
  Diagnostics& diagnostics_;
  std::optional<bool> has_wrapper_rules_;
  std::set<std::string> ids_;
};

}  // namespace porterd::config
