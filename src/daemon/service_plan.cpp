// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_plan.h"

#include "os/files.h"

namespace porterd::daemon {
namespace {

base::Result<std::string> read_banner(const std::string& path) {
  if (path.empty()) return std::string();
  return os::read_file(path);
}

base::Status add_banners(ServicePlan& plan, const config::Service& service) {
  PORTERD_TRY_ASSIGN(plan.banners.always, read_banner(service.banner));
  PORTERD_TRY_ASSIGN(plan.banners.on_success, read_banner(service.banner_success));
  PORTERD_TRY_ASSIGN(plan.banners.on_failure, read_banner(service.banner_fail));
  return {};
}

base::Status add_error_file(ServicePlan& plan, const config::Service& service) {
  constexpr mode_t kOwnerWritesGroupReads = 0640;
  if (service.standard_error.kind != config::ErrorStream::Kind::file) return {};
  PORTERD_TRY_ASSIGN(plan.error_file, os::open_for_append(service.standard_error.path, kOwnerWritesGroupReads));
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const ServicePlan>> make_service_plan(const config::Service& service,
                                                                   const spawn::Inheritance& inheritance) {
  const auto plan = std::make_shared<ServicePlan>();
  plan->id = service.id;
  plan->points = listen::points_of(service);
  plan->policy = admission::make_policy(service);
  PORTERD_TRY_ASSIGN(plan->spawn, spawn::Plan::make(service, inheritance));
  plan->uid = plan->spawn->child().uid;
  plan->log = {.target = service.log_type, .on_success = service.log_on_success, .on_failure = service.log_on_failure};
  plan->is_wait = service.wait;
  plan->is_datagram = service.socket_type == config::SocketType::dgram;
  PORTERD_TRY(add_banners(*plan, service));
  PORTERD_TRY(add_error_file(*plan, service));
  return std::shared_ptr<const ServicePlan>(plan);
}

}  // namespace porterd::daemon
