// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_set.h"

#include <algorithm>

#include "base/text.h"
#include "os/socket.h"

namespace porterd::daemon {

void ServiceSet::add_inherited(std::vector<base::Fd> sockets) {
  for (auto& socket : sockets) {
    auto address = os::local_address(socket.number());
    const auto type = os::socket_type(socket.number());
    if (!address || !type) continue;  // no socket at all
    listen::Place place{
        .address = std::move(*address), .type = *type, .device = os::bound_device(socket.number()), .chosen_for = {}};
    inherited_.emplace(std::move(place), std::move(socket));
  }
}

void ServiceSet::drop_inherited() {
  for (const auto& [place, socket] : inherited_)
    machinery_.log.message(base::Level::warning, "listener",
                           "no service listens at the inherited socket " + base::text_of(place.address));
  inherited_.clear();
}

ServiceSet::Pool ServiceSet::collect_listeners() {
  Pool pool;
  for (auto& [id, service] : services_)
    for (auto& listener : service->take_listeners()) pool.emplace(listener->point().place(), std::move(listener));
  return pool;
}

void ServiceSet::hand_out(Service& service, Pool& pool) {
  for (const auto& point : service.plan().points) {
    auto node = pool.extract(point.place());
    if (node.empty() || !node.mapped()->is_in_place()) continue;
    if (const auto updated = node.mapped()->update(point); !updated)
      machinery_.log.message(base::Level::warning, "listener", point.text() + ": " + updated.error().text());
    service.add_listener(std::move(node.mapped()));
  }
}

void ServiceSet::adopt_inherited(Service& service) {
  for (const auto& point : service.plan().points) {
    auto node = inherited_.extract(point.place());
    if (node.empty()) continue;
    auto listener = listen::Listener::adopt(machinery_.loop, point, std::move(node.mapped()));
    if (listener)
      service.add_listener(std::move(*listener));
    else
      machinery_.log.message(base::Level::error, "listener", point.text() + ": " + listener.error().text());
  }
}

std::shared_ptr<Service> ServiceSet::service_for(const std::shared_ptr<const ServicePlan>& plan) {
  const auto found = services_.find(plan->id);
  if (found == services_.end()) return std::make_shared<Service>(machinery_, plan);
  found->second->set_plan(plan);
  return found->second;
}

void ServiceSet::apply(const Generation& generation) {
  Pool pool = collect_listeners();
  decltype(services_) next;
  for (const auto& plan : generation.plans) {
    const auto service = service_for(plan);
    services_.erase(plan->id);
    next.emplace(plan->id, service);
    hand_out(*service, pool);
    adopt_inherited(*service);
  }
  for (auto& [id, service] : services_) {
    service->pause(Pause::stopping);
    service->terminate_stray_servers();
    if (service->has_held_client()) leaving_.push_back(service);
  }
  services_ = std::move(next);
  // New places first; those that an old socket was in the way of get their turn when it has gone.
  if (!pool.empty()) {
    for (auto& [id, service] : services_) service->open_missing(Service::Complaint::later);
    pool.clear();
  }
  for (auto& [id, service] : services_) {
    service->terminate_stray_servers();
    service->open_missing();
  }
}

std::size_t ServiceSet::listener_count() const {
  std::size_t count = 0;
  for (const auto& [id, service] : services_) count += service->listener_count();
  return count;
}

std::size_t ServiceSet::degraded_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(services_, [](const auto& entry) { return entry.second->is_degraded(); }));
}

void ServiceSet::for_each(const std::function<void(Service&)>& visit) {
  for (auto& [id, service] : services_) visit(*service);
}

const Service* ServiceSet::find(std::string_view id) const {
  const auto found = services_.find(id);
  return found == services_.end() ? nullptr : found->second.get();
}

void ServiceSet::open_missing() {
  for (auto& [id, service] : services_)
    if (service->is_degraded()) service->open_missing();
}

std::shared_ptr<Service> ServiceSet::tcpmux_service(std::string_view name) {
  const auto found = std::ranges::find_if(services_, [&](const auto& entry) {
    const auto& plan = entry.second->plan();
    return plan.has_tcpmux && base::equal_ignoring_case(plan.name, name);
  });
  return found == services_.end() ? nullptr : found->second;
}

void ServiceSet::on_held(const std::shared_ptr<Service>& service) {
  const auto found = services_.find(std::string(service->id()));
  const bool is_known = found != services_.end() && found->second == service;
  if (!is_known && std::ranges::find(leaving_, service) == leaving_.end()) leaving_.push_back(service);
}

void ServiceSet::pause_all(Pause cause) {
  for (auto& [id, service] : services_) service->pause(cause);
  for (auto& service : leaving_) service->pause(cause);
}

void ServiceSet::resume_all(Pause cause) {
  if (cause == Pause::resources && !serve_held_clients()) return;
  for (const auto& service : leaving_) service->resume(cause);
  std::erase_if(leaving_, [](const auto& service) { return !service->has_held_client(); });
  for (auto& [id, service] : services_) service->resume(cause);
}

bool ServiceSet::serve_held_clients() {
  // They were accepted already: while there is nothing for them, there is nothing for others.
  while (!leaving_.empty()) {
    leaving_.front()->resume(Pause::resources);
    if (leaving_.front()->is_paused(Pause::resources)) return false;
    if (leaving_.front()->has_held_client()) break;  // for want of a worker
    leaving_.erase(leaving_.begin());
  }
  for (auto& [id, service] : services_) {
    if (!service->has_held_client()) continue;
    service->resume(Pause::resources);
    if (service->is_paused(Pause::resources)) return false;
  }
  return true;
}

void ServiceSet::give_up_held() {
  for (const auto& service : leaving_) service->give_up_held();
  for (const auto& [id, service] : services_) service->give_up_held();
}

void ServiceSet::close_all() {
  inherited_.clear();
  for (auto& [id, service] : services_) {
    service->pause(Pause::stopping);
    service->take_listeners().clear();
    service->terminate_stray_servers();
  }
}

}  // namespace porterd::daemon
