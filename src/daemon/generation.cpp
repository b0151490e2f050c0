// SPDX-License-Identifier: Apache-2.0
#include "daemon/generation.h"

namespace porterd::daemon {

Generation make_generation(const config::Config& config, const spawn::Inheritance& inheritance,
                           config::Diagnostics& diagnostics) {
  Generation generation{.global = config.global, .plans = {}};
  generation.plans.reserve(config.services.size());
  const auto tcpmux_help = tcpmux_names(config.services);
  for (const auto& service : config.services) {
    auto plan = make_service_plan(service, inheritance, diagnostics, tcpmux_help);
    if (plan)
      generation.plans.push_back(std::move(*plan));
    else
      diagnostics.add(config::Severity::error, service.where,
                      "service '" + service.id + "' is left out: " + plan.error().text());
  }
  return generation;
}

}  // namespace porterd::daemon
