// SPDX-License-Identifier: Apache-2.0
#include "daemon/worker_plan.h"

#include "base/enum_names.h"
#include "os/descriptor_passing.h"

namespace porterd::daemon {
namespace {

std::uint32_t next_number() {
  static std::uint32_t last = 0;
  return ++last;
}

}  // namespace

base::Result<std::shared_ptr<const WorkerPlan>> make_worker_plan(const worker::Facts& facts) {
  PORTERD_TRY_ASSIGN(auto file, os::make_sealed_file("porterd-facts", worker::write_facts(facts)));
  return std::make_shared<const WorkerPlan>(WorkerPlan{.number = next_number(), .facts = std::move(file)});
}

bool is_for_worker(const config::Service& service) { return service.builtin.has_value(); }

worker::Facts facts_of(const config::Service& service) {
  worker::Facts facts;
  facts.is_datagram = service.socket_type == config::SocketType::dgram;
  facts.builtin = base::name_of(*service.builtin);
  return facts;
}

}  // namespace porterd::daemon
