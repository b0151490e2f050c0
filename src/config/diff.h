// SPDX-License-Identifier: Apache-2.0
//
// What changed from one configuration to the next: the reload acts on this and on nothing else. Services are the same
// by their id; attributes are compared through the table. Views and pointers are into the two configurations.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/table.h"

namespace porterd::config {

/// Which parts are concerned, one bit for each Touches.
class TouchSet {
 public:
  void add(Touches touches) { bits_ = static_cast<std::uint8_t>(bits_ | bit(touches)); }
  [[nodiscard]] bool has(Touches touches) const { return (bits_ & bit(touches)) != 0; }
  friend bool operator==(const TouchSet&, const TouchSet&) = default;

 private:
  static std::uint8_t bit(Touches touches) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(touches)); }
  std::uint8_t bits_ = 0;
};

/// Attributes that differ, and what they touch.
struct Changes {
  std::vector<std::string_view> attributes;  ///< in the table's order
  TouchSet touches;
  [[nodiscard]] bool is_none() const { return attributes.empty(); }
};

[[nodiscard]] Changes changes(const Service& before, const Service& after);
[[nodiscard]] Changes changes(const Global& before, const Global& after);

struct ServiceChange {
  const Service* before = nullptr;
  const Service* after = nullptr;
  Changes what;
};

struct Difference {
  std::vector<const Service*> added;    ///< in the order of the new configuration
  std::vector<const Service*> removed;  ///< in the order of the old one
  std::vector<ServiceChange> changed;   ///< in the order of the new one
  std::size_t unchanged = 0;
  Changes global;
};

[[nodiscard]] Difference difference(const Config& before, const Config& after);

}  // namespace porterd::config
