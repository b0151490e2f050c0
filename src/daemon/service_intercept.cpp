// SPDX-License-Identifier: Apache-2.0
//
// Service's side of interception: the server is another Service behind this one (intercept_plan.h). Connections are
// accepted, admitted and handed to a worker as those of any service are, which relays them there. A datagram socket
// goes to a worker as it is, which asks about each client that sends to it.
#include <algorithm>
#include <utility>

#include "daemon/intercept_plan.h"
#include "daemon/service.h"
#include "daemon/session_records.h"
#include "os/socket.h"

namespace porterd::daemon {

void Service::arrange_inner() {
  if (inner_ && (!plan_->inner || plan_->inner->is_datagram != inner_->plan().is_datagram)) close_inner();
  ways_ = {};
  if (!plan_->inner) return;
  if (inner_)
    inner_->move_to(plan_->inner);
  else
    inner_ = std::make_shared<Service>(machinery_, plan_->inner);
  inner_->open_missing();
  find_ways();
}

void Service::move_to(const std::shared_ptr<const ServicePlan>& plan) {
  auto listeners = take_listeners();
  set_plan(plan);
  for (auto& listener : listeners)
    if (std::ranges::any_of(plan->points, [&](const auto& point) { return listener->serves(point); }))
      add_listener(std::move(listener));
  listeners.clear();
  terminate_stray_servers();
}

void Service::find_ways() {
  for (const auto& listener : inner_->listeners_) {
    const auto address = os::local_address(listener->number());
    const auto* endpoint = address ? std::get_if<base::Endpoint>(&*address) : nullptr;
    if (endpoint == nullptr) continue;
    auto way = make_way(*endpoint, plan_->is_datagram, plan_->intercept_idle);
    if (way)
      ways_[static_cast<std::size_t>(endpoint->address.family)] = std::move(*way);
    else
      write_message(machinery_.log, *plan_, base::Level::error, "degraded", way.error().text());
  }
}

std::shared_ptr<const WorkerPlan> Service::worker_plan(const base::SocketAddress& at) const {
  if (!plan_->inner) return resolved_worker_ ? resolved_worker_ : plan_->worker;
  const auto* endpoint = std::get_if<base::Endpoint>(&at);
  return endpoint == nullptr ? nullptr : ways_[static_cast<std::size_t>(endpoint->address.family)];
}

void Service::close_inner() {
  const auto inner = std::exchange(inner_, nullptr);
  inner->pause(Pause::stopping);
  inner->take_listeners().clear();
  inner->terminate_stray_servers();
}

void Service::close_inner_if_unused() {
  // Those whom the gate let in are with the server still.
  if (inner_ && is_paused(Pause::stopping) && wait_servers_.empty() && tally_->sessions == 0) close_inner();
}

void Service::intercept(const listen::Listener& listener) {
  Connection connection;
  connection.id = machinery_.next_connection_id();
  connection.wait = WaitServer{.pid = 0, .connection = 0, .listener = listener.serial(), .head = {}, .queued = 0};
  [[maybe_unused]] const bool is_handed_over = hand_over(connection);
}

std::uint64_t Service::on_asked(const session::Session& session, const base::Endpoint& peer) noexcept {
  const auto holder = std::ranges::find(wait_servers_, session.connection_id, &WaitServer::connection);
  const auto* listener = holder == wait_servers_.end() ? nullptr : listener_with(holder->listener);
  if (listener == nullptr) return 0;  // it went in a reload
  Connection connection;
  connection.id = machinery_.next_connection_id();
  connection.peer = peer;
  connection.local = listener->fixed_address();
  const auto& cps = policy().cps;
  const bool is_too_soon = cps && cps->excess == config::Excess::hold &&
                           admission::Gate(policy(), tally_).wait_for_rate(base::Steady::now()).count() > 0;
  if (is_too_soon)  // a worker cannot hold it, as the rate is that of all clients
    refuse(connection, admission::Reason::cps);
  else if (admit(connection)) {
    begin(connection, {.worker = session.worker});
    return connection.id;
  }
  if (is_paused(Pause::disabled)) terminate_stray_servers();
  return 0;
}

}  // namespace porterd::daemon
