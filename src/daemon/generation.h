// SPDX-License-Identifier: Apache-2.0
//
// One loaded configuration with all its plans: built whole before anything of it takes effect, immutable afterwards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/diagnostics.h"
#include "daemon/service_plan.h"
#include "spawn/plan.h"

namespace porterd::daemon {

struct Generation {
  config::Global global;
  std::vector<std::shared_ptr<const ServicePlan>> plans;  ///< ids are unique
};

/// A service whose plan cannot be made is reported and left out; the others are in.
[[nodiscard]] Generation make_generation(const config::Config& config, const spawn::Inheritance& inheritance,
                                         config::Diagnostics& diagnostics);

}  // namespace porterd::daemon
