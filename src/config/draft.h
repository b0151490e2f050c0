// SPDX-License-Identifier: Apache-2.0
//
// A service while it is compiled: its fields so far, and which setting each of them came from, so that cross checks
// can point at the right line. Lives only as long as the Document does.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/diagnostics.h"
#include "config/document.h"
#include "config/table.h"
#include "config/world.h"

namespace porterd::config {

struct Draft {
  Service service;
  const Section* section = nullptr;
  /// For each row of the table, the setting of the service's own file or drop-ins that was last applied; null when
  /// the field is as `defaults` or the program has it.
  std::vector<const Setting*> own = std::vector<const Setting*>(service_attributes().size());
  /// For each row of the table, whether a setting of it was refused, so that its field says nothing.
  std::vector<bool> is_doubtful = std::vector<bool>(service_attributes().size());
  bool has_unknown = false;  ///< a name that is not in the table: what seems to be absent may have been meant by it

  /// Whether the service itself sets the attribute. `name` must be in the table.
  [[nodiscard]] bool sets(std::string_view name) const;
  /// Whether none of the attributes was refused: only then a check of them says what is true. Names as above.
  [[nodiscard]] bool is_certain(std::initializer_list<std::string_view> names) const;
  /// Where it does, else where the service begins.
  [[nodiscard]] Location where_of(std::string_view name) const;
};

/// Works port, bind and services(5) into `listen`, and infers the protocol, unless one of them was refused.
void resolve_listen(Draft& draft, const World& world, Diagnostics& diagnostics);

/// Checks what no single attribute can say: whether they fit together, and whether the machine has what they name. A
/// check that needs an attribute which was refused is left out; all others are made, so that every mistake is found at
/// once.
void check_service(const Draft& draft, const World& world, Diagnostics& diagnostics);

}  // namespace porterd::config
