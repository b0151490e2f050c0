// SPDX-License-Identifier: Apache-2.0
//
// An entry of xinetd.conf as it grows line by line: a service, or the defaults. What xinetd does about a line that is
// wrong is done here: see apply().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/xinetd_attributes.h"

namespace porterd::config {

/// An attribute that has a value.
struct XinetdGiven {
  const XinetdAttribute* attribute = nullptr;
  Value value{};
  Location where{};       ///< of the attribute's name
  bool is_own = true;     ///< not just as `defaults` have it
  bool inherits = false;  ///< has something of the defaults in it, or should have
};

class XinetdEntry {
 public:
  /// A service with what it takes over from the defaults before it …
  XinetdEntry(const XinetdWord& name, const XinetdEntry& defaults);
  /// … or defaults.
  explicit XinetdEntry(Location where) : place_(XinetdPlace::defaults), where_(std::move(where)) {}

  /// Takes a line as xinetd does:
  ///   unknown attribute, wrong number of values, wrong operator, given before   warning; the line is ignored
  ///   bad value in a service    error; the service is disabled, until `disable = no` after it or `enabled` in the
  ///                             defaults bring it back; not after a bad value of what keeps clients out
  ///   bad value in defaults     error; xinetd ends. Here services that would inherit it are left out, or if it is
  ///   about logs
  ///                             and banners the line is ignored
  void apply(const XinetdAssignment& line, const World& world);

  [[nodiscard]] const XinetdGiven* find(std::string_view name) const;
  /// Whether a list (`flags`, `type`) has the word.
  [[nodiscard]] bool has_word(std::string_view attribute, std::string_view word) const;
  /// Whether a value of this attribute was refused here.
  [[nodiscard]] bool is_tainted(const XinetdAttribute& attribute) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Location& where() const { return where_; }
  /// The id, which is the name when not given.
  [[nodiscard]] const std::string& id() const;

  /// Not a whole entry: to be left out.
  void drop() { is_dropped_ = true; }
  [[nodiscard]] bool is_dropped() const { return is_dropped_; }
  /// Disabled by `disable = yes`, which xinetd reads no further than.
  [[nodiscard]] bool is_disabled() const { return is_disabled_; }
  /// Disabled by a bad value.
  [[nodiscard]] bool is_off() const { return is_off_; }
  /// Never to be brought back.
  [[nodiscard]] bool is_barred() const { return is_barred_; }

  /// What was found in it, to be judged when it is known whether the service runs.
  Diagnostics found;

 private:
  [[nodiscard]] bool check_form(const XinetdAttribute& attribute, const XinetdAssignment& line);
  [[nodiscard]] bool check_count(const XinetdAttribute& attribute, const XinetdAssignment& line);
  void warn_of_comment(const XinetdAttribute& attribute, const XinetdAssignment& line);
  void refuse(const XinetdAttribute& attribute, const XinetdAssignment& line, const Rejection& rejection);
  void take(const XinetdAttribute& attribute, const XinetdAssignment& line, Value value);
  void combine(const XinetdAttribute& attribute, XinetdGiven& given, Operator op, Value value) const;
  [[nodiscard]] XinetdGiven* find_mutable(const XinetdAttribute& attribute);

  XinetdPlace place_ = XinetdPlace::service;
  std::string name_;
  Location where_;
  std::vector<XinetdGiven> given_;
  std::vector<const XinetdAttribute*> tainted_;
  bool is_dropped_ = false;
  bool is_disabled_ = false;
  bool is_off_ = false;
  bool is_barred_ = false;
};

}  // namespace porterd::config
