// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_plan.h"

#include "daemon/intercept_plan.h"
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

// How much a new connection's buffer takes for certain.
constexpr std::size_t kTakenAtOnce = 8192;

base::Result<std::shared_ptr<const WorkerPlan>> make_text_plan(worker::Role role, std::string text,
                                                               const config::Service& service) {
  worker::Facts facts;
  facts.role = role;
  facts.text = std::move(text);
  facts.deadline = service.banner_timeout;
  return make_worker_plan(facts);
}

base::Result<Announcement> announcement(worker::Role role, std::string text, const config::Service& service) {
  Announcement made;
  if (text.size() <= kTakenAtOnce) {
    made.text = std::move(text);
    return made;
  }
  PORTERD_TRY_ASSIGN(made.by_worker, make_text_plan(role, std::move(text), service));
  return made;
}

base::Result<Banners> read_banners(const config::Service& service, config::Diagnostics& diagnostics) {
  const auto read = [&](const std::string& path) {
    return path.empty() ? std::string() : value_or_warning(os::read_file(path), service, diagnostics);
  };
  using worker::Role;
  const std::string always = read(service.banner);
  Banners banners;
  PORTERD_TRY_ASSIGN(banners.welcome, announcement(Role::greet, always + read(service.banner_success), service));
  if (service.libwrap) {
    PORTERD_TRY_ASSIGN(banners.before_wrapper, announcement(Role::greet, always, service));
  }
  PORTERD_TRY_ASSIGN(banners.farewell, announcement(Role::say, always + read(service.banner_fail), service));
  return banners;
}

// With wait the server accepts for itself, unless it is intercepted, and a datagram is no connection.
IdentPlan ident_of(const config::Service& service, const LogPlan& log) {
  const bool has_connections =
      service.socket_type == config::SocketType::stream && (!service.wait || service.intercept);
  return {.is_required = has_connections && service.ident_only,
          .is_for_served = has_connections && log.shows_on_success(config::LogField::userid),
          .is_for_refused = has_connections && log.shows_on_failure(config::LogField::userid),
          .timeout = service.ident_timeout};
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
  PORTERD_TRY_ASSIGN(plan.worker, make_worker_plan(with_addresses(facts, {})));
  if (facts.is_datagram && !plan.policy.access.host_names().empty())
    plan.named_facts = std::make_shared<const worker::Facts>(std::move(facts));
  return {};
}

// What tcpmux says must not be lost for what the client has sent meanwhile, however short it is.
base::Status add_banners(ServicePlan& plan, const config::Service& service, config::Diagnostics& diagnostics) {
  PORTERD_TRY_ASSIGN(plan.banners, read_banners(service, diagnostics));
  if (service.builtin != config::Builtin::tcpmux) return {};
  const std::string refusal(worker::kTcpmuxNotAvailable);
  PORTERD_TRY_ASSIGN(plan.not_available, make_text_plan(worker::Role::say, refusal, service));
  if (plan.banners.farewell.text.empty() && !plan.banners.farewell.by_worker)
    plan.banners.farewell.by_worker = plan.not_available;
  return {};
}

/// What xinetd answers without a fork.
bool is_childless(const config::Service& service) {
  const bool is_datagram = service.socket_type == config::SocketType::dgram;
  return service.sensor || service.builtin == config::Builtin::time || service.builtin == config::Builtin::daytime ||
         (service.builtin && is_datagram);
}

/// Without what is behind it when it is intercepted.
base::Result<std::shared_ptr<ServicePlan>> bare_plan(const config::Service& service,
                                                     const spawn::Inheritance& inheritance,
                                                     config::Diagnostics& diagnostics, const std::string& tcpmux_help) {
  auto plan = std::make_shared<ServicePlan>();
  plan->id = service.id;
  plan->name = service.service;
  plan->points = listen::points_of(service);
  plan->rpc = service.rpc;
  plan->policy = admission::make_policy(service);
  plan->intercept_idle = service.intercept_idle;
  if (service.intercept)
    plan->policy.instances.reset();  // they are those of the server
  else if (is_for_worker(service))
    PORTERD_TRY(add_worker(*plan, service, tcpmux_help));
  else
    PORTERD_TRY(add_launch(*plan, service, inheritance));
  plan->log.destination = {.target = service.log_type, .format = service.log_format};
  if (service.log_type.kind != config::LogTarget::Kind::none) {  // else no record is made in the first place
    plan->log.on_success = service.log_on_success;
    plan->log.on_failure = service.log_on_failure;
  }
  plan->log.is_childless = is_childless(service);
  if (service.sensor && service.socket_type != config::SocketType::dgram) plan->deny_time = service.deny_time;
  plan->is_datagram = service.socket_type == config::SocketType::dgram;
  plan->is_wait = plan->is_datagram || (service.wait && !service.intercept);
  plan->is_tcpmux = service.builtin == config::Builtin::tcpmux;
  plan->has_tcpmux = service.tcpmux != config::Tcpmux::no;
  plan->says_go = service.tcpmux == config::Tcpmux::plus;
  plan->ident = ident_of(service, plan->log);
  PORTERD_TRY(add_banners(*plan, service, diagnostics));
  if (!service.intercept) plan->error_file = open_error_file(service, diagnostics);
  return plan;
}

}  // namespace

std::string tcpmux_names(const std::vector<config::Service>& services) {
  std::string names;
  for (const auto& service : services)
    if (service.tcpmux != config::Tcpmux::no) names += service.service + "\r\n";
  return names;
}

bool ServicePlan::needs_worker() const {
  return worker || inner || not_available || banners.welcome.by_worker || banners.before_wrapper.by_worker ||
         banners.farewell.by_worker || ident.is_required || ident.is_for_served || ident.is_for_refused;
}

base::Result<std::shared_ptr<const ServicePlan>> make_service_plan(const config::Service& service,
                                                                   const spawn::Inheritance& inheritance,
                                                                   config::Diagnostics& diagnostics,
                                                                   const std::string& tcpmux_help) {
  PORTERD_TRY_ASSIGN(const auto plan, bare_plan(service, inheritance, diagnostics, tcpmux_help));
  if (!service.intercept) return std::shared_ptr<const ServicePlan>(plan);
  PORTERD_TRY_ASSIGN(const auto inner, bare_plan(inner_service(service), inheritance, diagnostics, {}));
  inner->is_inner = true;
  plan->inner = inner;
  return std::shared_ptr<const ServicePlan>(plan);
}

}  // namespace porterd::daemon
