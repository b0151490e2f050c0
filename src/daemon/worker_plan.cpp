// SPDX-License-Identifier: Apache-2.0
#include "daemon/worker_plan.h"

#include "base/enum_names.h"
#include "os/descriptor_passing.h"
#include "os/descriptors.h"
#include "os/files.h"

namespace porterd::daemon {
namespace {

std::uint32_t next_number() {
  static std::uint32_t last = 0;
  return ++last;
}

base::Status add_answer(worker::Facts& facts, const config::Answer& answer) {
  facts.settings.text = answer.text;
  if (!answer.file.empty()) {
    PORTERD_TRY_ASSIGN(facts.settings.text, os::read_file(answer.file));
  }
  facts.settings.http_status = answer.status;
  facts.settings.content_type = answer.content_type;
  return {};
}

/// The gate sees the first datagram only; a worker has to ask about each.
void add_datagram(worker::Facts& facts, const config::Service& service) {
  const auto prefixes = [](const config::AccessList& list) {
    std::vector<base::Prefix> found;
    for (const auto& entry : list)
      if (const auto* prefix = std::get_if<base::Prefix>(&entry)) found.push_back(*prefix);
    return found;
  };
  facts.idle_timeout = kDatagramIdle;
  facts.has_only_from = service.has_only_from;
  facts.only_from = prefixes(service.only_from);
  facts.no_access = prefixes(service.no_access);
}

worker::RelayPlan relay_of(const config::Service& service) {
  const auto target_of = [](const config::RedirectTarget& target) -> worker::RelayTarget {
    if (const auto* named = std::get_if<config::NamedEndpoint>(&target))
      return worker::HostTarget{named->host, named->port};
    if (const auto* local = std::get_if<base::UnixAddress>(&target)) return base::SocketAddress(*local);
    return base::SocketAddress(std::get<base::Endpoint>(target));
  };
  worker::RelayPlan plan;
  for (const auto& target : service.redirect) plan.targets.push_back(target_of(target));
  plan.connect_timeout = service.redirect_timeout;
  plan.sends_proxy_header = service.redirect_proxy;
  return plan;
}

}  // namespace

base::Result<std::shared_ptr<const WorkerPlan>> make_worker_plan(const worker::Facts& facts) {
  PORTERD_TRY_ASSIGN(auto file, os::make_sealed_file("porterd-facts", worker::write_facts(facts)));
  return std::make_shared<const WorkerPlan>(
      WorkerPlan{.number = next_number(), .facts = os::move_high(std::move(file))});
}

bool is_for_worker(const config::Service& service) { return service.builtin || !service.redirect.empty(); }

base::Result<worker::Facts> facts_of(const config::Service& service) {
  worker::Facts facts;
  facts.is_datagram = service.socket_type == config::SocketType::dgram;
  if (facts.is_datagram) add_datagram(facts, service);
  if (service.answer) PORTERD_TRY(add_answer(facts, *service.answer));
  if (service.builtin == config::Builtin::tcpmux) {
    facts.role = worker::Role::tcpmux;
  } else if (service.builtin) {
    facts.builtin = base::name_of(*service.builtin);
    facts.settings.daytime =
        service.daytime_form == config::DaytimeForm::inetd ? worker::DaytimeForm::inetd : worker::DaytimeForm::xinetd;
  } else {
    facts.role = worker::Role::relay;
    facts.relay = relay_of(service);
  }
  return facts;
}

}  // namespace porterd::daemon
