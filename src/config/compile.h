// SPDX-License-Identifier: Apache-2.0
//
// From Document to Config: settings get their meaning through the table, `defaults` come first, then each service's own
// section, then its drop-ins. Every error is reported, none ends the work; a service with an error is left
// out and the rest run. A mistake in `defaults` leaves out the services that would inherit it, because a
// default that is missing (only_from!) may open a door.
//
// Of two services with one id, or with one place to listen, the second is left out. A disabled service is only read:
// its mistakes are warnings and what the machine lacks is not mentioned.
#pragma once

#include "config/config.h"
#include "config/diagnostics.h"
#include "config/document.h"
#include "config/world.h"

namespace porterd::config {

/// What the service of a section is called in logs and drop-ins: its `id`, its `service`, or the section's name.
[[nodiscard]] std::string id_of(const Section& section);

/// The daemon's own settings; a bad one keeps its default.
[[nodiscard]] Global compile_global(const Document& document, const World& world, Diagnostics& diagnostics);

struct Compiled {
  std::vector<Service> services;  ///< the enabled and good ones, in the order of the document
  std::vector<LeftOut> left_out;  ///< the others, in that order
};
[[nodiscard]] Compiled compile_services(const Document& document, const World& world, Diagnostics& diagnostics);

/// Both.
[[nodiscard]] Config compile(const Document& document, const World& world, Diagnostics& diagnostics);

}  // namespace porterd::config
