// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_plan.h"

#include "os/files.h"
#include "os/helpers.h"
#include "spawn/wrapped.h"
#include "worker/tcpmux.h"

namespace porterd::daemon {
namespace {

/// The value, or a warning and nothing.
template <typename T>
T value_or_warning(base::Result<T> result, const config::Service& service, config::Diagnostics& diagnostics) {
  if (result) return std::move(*result);
  diagnostics.add(config::Severity::warning, service.where, "service '" + service.id + "': " + result.error().text());
  return {};
}

Banners read_banners(const config::Service& service, config::Diagnostics& diagnostics) {
  const auto read = [&](const std::string& path) {
    return path.empty() ? std::string() : value_or_warning(os::read_file(path), service, diagnostics);
  };
  return {.always = read(service.banner),
          .on_success = read(service.banner_success),
          .on_failure = read(service.banner_fail)};
}

base::Fd open_error_file(const config::Service& service, config::Diagnostics& diagnostics) {
  constexpr mode_t kOwnerWritesGroupReads = 0640;
  if (service.standard_error.kind != config::ErrorStream::Kind::file) return {};
  return value_or_warning(os::open_for_append(service.standard_error.path, kOwnerWritesGroupReads), service,
                          diagnostics);
}

base::Status add_launch(ServicePlan& plan, const config::Service& service, const spawn::Inheritance& inheritance) {
  PORTERD_TRY_ASSIGN(plan.spawn, spawn::Plan::make(service, inheritance));
  if (service.libwrap) {
    const auto wrapped = spawn::wrapped(service, os::helper_path("porterd-tcpd"));
    plan.libwrap = wrapped.server_args.front();
    PORTERD_TRY_ASSIGN(plan.wrapped, spawn::Plan::make(wrapped, inheritance));
  }
  plan.uid = plan.spawn->child().uid;
  return {};
}

base::Status add_worker(ServicePlan& plan, const config::Service& service, const std::string& tcpmux_help) {
  PORTERD_TRY_ASSIGN(auto facts, facts_of(service));
  facts.text = tcpmux_help;
  PORTERD_TRY_ASSIGN(plan.worker, make_worker_plan(facts));
  return {};
}

/// Words that a socket may not take at once, or that must not be lost for what the client has sent meanwhile.
base::Status add_farewell(ServicePlan& plan, const config::Service& service) {
  constexpr std::size_t kTakenAtOnce = 8192;
  worker::Facts facts;
  facts.role = worker::Role::say;
  if (service.builtin == config::Builtin::tcpmux)
    facts.text = worker::kTcpmuxNotAvailable;
  else if (plan.banners.on_failure.size() > kTakenAtOnce)
    facts.text = plan.banners.on_failure;
  else
    return {};
  PORTERD_TRY_ASSIGN(plan.farewell, make_worker_plan(facts));
  return {};
}

}  // namespace

std::string tcpmux_names(const std::vector<config::Service>& services) {
  std::string names;
  for (const auto& service : services)
    if (service.tcpmux != config::Tcpmux::no) names += service.service + "\r\n";
  return names;
}

base::Result<std::shared_ptr<const ServicePlan>> make_service_plan(const config::Service& service,
                                                                   const spawn::Inheritance& inheritance,
                                                                   config::Diagnostics& diagnostics,
                                                                   const std::string& tcpmux_help) {
  const auto plan = std::make_shared<ServicePlan>();
  plan->id = service.id;
  plan->name = service.service;
  plan->points = listen::points_of(service);
  plan->rpc = service.rpc;
  plan->policy = admission::make_policy(service);
  if (is_for_worker(service))
    PORTERD_TRY(add_worker(*plan, service, tcpmux_help));
  else
    PORTERD_TRY(add_launch(*plan, service, inheritance));
  plan->log.destination = {.target = service.log_type, .format = service.log_format};
  if (service.log_type.kind != config::LogTarget::Kind::none) {  // else no record is made in the first place
    plan->log.on_success = service.log_on_success;
    plan->log.on_failure = service.log_on_failure;
  }
  if (service.sensor && service.socket_type != config::SocketType::dgram) plan->deny_time = service.deny_time;
  plan->is_datagram = service.socket_type == config::SocketType::dgram;
  plan->is_wait = service.wait || plan->is_datagram;
  plan->has_tcpmux = service.tcpmux != config::Tcpmux::no;
  plan->says_go = service.tcpmux == config::Tcpmux::plus;
  plan->banners = read_banners(service, diagnostics);
  PORTERD_TRY(add_farewell(*plan, service));
  plan->error_file = open_error_file(service, diagnostics);
  return std::shared_ptr<const ServicePlan>(plan);
}

}  // namespace porterd::daemon
