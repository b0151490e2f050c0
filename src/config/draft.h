// SPDX-License-Identifier: Apache-2.0
//
// A service while it is compiled: its fields so far, and which setting each of them came from, so that cross checks
// can point at the right line. Lives only as long as the Document does.
#pragma once

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

  /// Whether the service itself sets the attribute. `name` must be in the table.
  [[nodiscard]] bool sets(std::string_view name) const;
  /// Where it does, else where the service begins.
  [[nodiscard]] Location where_of(std::string_view name) const;
};

/// Works port, bind and services(5) into `listen`, and infers the protocol.
void resolve_listen(Draft& draft, const World& world, Diagnostics& diagnostics);

/// Checks what no single attribute can say: whether they fit together, and whether the machine has what they name.
void check_service(const Draft& draft, const World& world, Diagnostics& diagnostics);

}  // namespace porterd::config
