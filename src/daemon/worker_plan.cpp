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

/// A list of prefixes alone, and whether every name had an address.
struct Resolved {
  config::AccessList list;
  bool is_whole = true;
};

Resolved resolve(const config::AccessList& list, const admission::ResolvedNames& names) {
  Resolved resolved;
  for (const auto& entry : list) {
    const auto* host = std::get_if<config::HostName>(&entry);
    const auto known = host == nullptr ? names.end() : names.find(host->name);
    if (host == nullptr)
      resolved.list.push_back(entry);
    else if (known == names.end() || known->second.empty())
      resolved.is_whole = false;
    else
      for (const auto& address : known->second) resolved.list.emplace_back(base::prefix_of(address, address.bits()));
  }
  return resolved;
}

}  // namespace

worker::Facts with_addresses(worker::Facts facts, const admission::ResolvedNames& names) {
  auto refused = resolve(facts.no_access, names);
  facts.only_from = resolve(facts.only_from, names).list;
  facts.no_access = std::move(refused.list);
  if (refused.is_whole) return facts;
  facts.only_from.clear();
  facts.has_only_from = true;
  return facts;
}

base::Result<std::shared_ptr<const WorkerPlan>> make_worker_plan(const worker::Facts& facts) {
  PORTERD_TRY_ASSIGN(auto file, os::make_sealed_file("porterd-facts", worker::write_facts(facts)));
  return std::make_shared<const WorkerPlan>(
      WorkerPlan{.number = next_number(), .facts = os::move_high(std::move(file))});
}

bool is_for_worker(const config::Service& service) { return service.builtin || !service.redirect.empty(); }

base::Result<worker::Facts> facts_of(const config::Service& service) {
  worker::Facts facts;
  facts.is_datagram = service.socket_type == config::SocketType::dgram;
  if (facts.is_datagram) {
    facts.idle_timeout = kDatagramIdle;
    facts.only_from = service.only_from;
    facts.has_only_from = service.has_only_from;
    facts.no_access = service.no_access;
  }
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
