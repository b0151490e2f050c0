// SPDX-License-Identifier: Apache-2.0
//
// The attributes of xinetd.conf(5): where each may stand, how many values it has, and how they are read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/xinetd_values.h"

namespace porterd::config {

/// Which entries may have an attribute.
enum class XinetdPlace : std::uint8_t { service, defaults, both };

struct XinetdAttribute {
  static constexpr int kAny = -1;  ///< as many values as you like
  static constexpr int kSet = -2;  ///< so too, and `+=` and `-=`; `=` replaces what `defaults` has

  std::string_view name;
  int values = 1;
  XinetdPlace place = XinetdPlace::service;
  XinetdRead read = nullptr;
  /// porterd's attribute that takes the value as it was read; empty when it means something only with others.
  std::string_view native = {};

  [[nodiscard]] bool is_set(XinetdPlace in) const;
  [[nodiscard]] bool may_stand_in(XinetdPlace in) const { return place == in || place == XinetdPlace::both; }
  /// Whether services take it from the `defaults` that stand before them, not from all; xinetd copies these early.
  [[nodiscard]] bool is_inherited_early() const;
  /// Whether it only decides what is told, to a log or to a client: services run without it when it is wrong in
  /// defaults.
  [[nodiscard]] bool is_only_told() const;
  /// Whether it keeps clients out: a service whose value is bad does not run without it.
  [[nodiscard]] bool keeps_out() const { return name == "only_from" || name == "no_access" || name == "access_times"; }
};

/// All of them, in the order in which their settings are put into a section.
[[nodiscard]] std::span<const XinetdAttribute> xinetd_attributes();

/// The row of `name` in any case, also of a second name, or null.
[[nodiscard]] const XinetdAttribute* find_xinetd_attribute(std::string_view name);

/// All names, for "did you mean".
[[nodiscard]] std::span<const std::string_view> xinetd_attribute_names();

}  // namespace porterd::config
