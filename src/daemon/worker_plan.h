// SPDX-License-Identifier: Apache-2.0
//
// What a worker has to know about a service, made at load: written once into a sealed file, which each worker gets that
// serves the service.
#pragma once

#include <cstdint>
#include <memory>

#include "admission/access_list.h"
#include "base/fd.h"
#include "base/result.h"
#include "config/config.h"
#include "worker/facts.h"

namespace porterd::daemon {

struct WorkerPlan {
  std::uint32_t number = 0;  ///< by which workers know it; none has been used before
  base::Fd facts;            ///< worker::write_facts()
};

/// Load time only.
[[nodiscard]] base::Result<std::shared_ptr<const WorkerPlan>> make_worker_plan(const worker::Facts& facts);

/// Whether a worker serves it, not a server of its own.
[[nodiscard]] bool is_for_worker(const config::Service& service);

/// For a service that is_for_worker(). Reads the file of its answer.
[[nodiscard]] base::Result<worker::Facts> facts_of(const config::Service& service);
/// The same with these addresses for the host names in its access lists. A name without any lets nobody in, and in
/// `no_access` keeps everybody out, as it might be anybody's.
[[nodiscard]] worker::Facts with_addresses(worker::Facts facts, const admission::ResolvedNames& names);

/// How long a worker keeps a datagram socket that nobody sends to.
inline constexpr std::chrono::seconds kDatagramIdle{2};

}  // namespace porterd::daemon
