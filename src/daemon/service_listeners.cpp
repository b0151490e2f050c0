// SPDX-License-Identifier: Apache-2.0
//
// Service's listeners: opening, missing, changing hands in a reload.
#include <algorithm>
#include <cerrno>

#include "daemon/service.h"
#include "daemon/session_records.h"
#include "os/socket.h"

namespace porterd::daemon {
namespace {

std::string advice(int error, const listen::Point& point) {
  const auto* endpoint = std::get_if<base::Endpoint>(&point.request.address);
  if (error == EACCES && endpoint != nullptr && endpoint->port < 1024)
    return "; ports below 1024 need root, CAP_NET_BIND_SERVICE or a lower net.ipv4.ip_unprivileged_port_start";
  if (error == EADDRNOTAVAIL || error == ENODEV) return "; waiting for it to appear";
  return "";
}

/// A machine without IPv6 is no fault of a port that was meant for both families.
bool is_absent_family(int error, const listen::Point& point) {
  const auto* endpoint = std::get_if<base::Endpoint>(&point.request.address);
  return error == EAFNOSUPPORT && endpoint != nullptr && endpoint->address.is_unspecified();
}

}  // namespace

std::vector<std::unique_ptr<listen::Listener>> Service::take_listeners() { return std::exchange(listeners_, {}); }

void Service::add_listener(std::unique_ptr<listen::Listener> listener) {
  listener->set_owner(this);
  listeners_.push_back(std::move(listener));
  update_listeners();
  if (plan_->rpc) machinery_.guard.on_rpc_change();
}

RpcRegistrations Service::rpc_registrations() const {
  RpcRegistrations registrations;
  if (!plan_->rpc) return registrations;
  for (const auto& listener : listeners_) {
    const auto address = os::local_address(listener->number());
    const auto* endpoint = address ? std::get_if<base::Endpoint>(&*address) : nullptr;
    if (endpoint == nullptr) continue;
    const std::string netid =
        std::string(plan_->is_datagram ? "udp" : "tcp") + (endpoint->address.family == base::Family::ipv6 ? "6" : "");
    for (std::uint64_t version = plan_->rpc->first; version <= plan_->rpc->last; ++version)
      registrations.insert({.program = plan_->rpc->number,
                            .version = static_cast<std::uint32_t>(version),
                            .netid = netid,
                            .at = *endpoint});
  }
  return registrations;
}

bool Service::is_open(const listen::Point& point) const {
  return std::ranges::any_of(listeners_, [&](const auto& listener) { return listener->serves(point); });
}

std::vector<int> Service::descriptors() const {
  std::vector<int> numbers;
  for (const auto& listener : listeners_) numbers.push_back(listener->number());
  return numbers;
}

std::vector<std::string> Service::missing() const {
  std::vector<std::string> texts;
  if (!is_missing_) return texts;
  for (const auto& point : plan_->points)
    if (!is_open(point)) texts.push_back(point.text());
  return texts;
}

void Service::open_missing(Complaint complaint) {
  if (is_paused(Pause::disabled) || is_paused(Pause::stopping)) return;
  // Tried again whenever the network changes: said once.
  if (has_complained_) complaint = Complaint::later;
  is_missing_ = false;
  for (const auto& point : plan_->points)
    if (!is_open(point) && !open_point(point, complaint)) is_missing_ = true;
  if (inner_ && inner_->is_degraded()) arrange_inner();
  if (is_missing_) machinery_.guard.on_missing();
  if (is_missing_ && complaint == Complaint::now) has_complained_ = true;
  if (is_missing_ || !has_complained_) return;
  has_complained_ = false;
  write_message(machinery_.log, *plan_, base::Level::notice, "restored", "all its addresses are bound");
}

bool Service::open_point(const listen::Point& point, Complaint complaint) {
  auto listener = listen::Listener::open(machinery_.loop, point);
  if (listener) {
    add_listener(std::move(*listener));
    return true;
  }
  const int error = listener.error().code.value();
  if (is_absent_family(error, point)) return true;
  if (complaint == Complaint::now)
    write_message(machinery_.log, *plan_, base::Level::error, "degraded",
                  listener.error().text() + advice(error, point));
  return false;
}

}  // namespace porterd::daemon
