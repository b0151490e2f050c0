// SPDX-License-Identifier: Apache-2.0
#include "worker/connector.h"

#include <cerrno>
#include <utility>

#include "os/socket.h"

namespace porterd::worker {

Connector::Connector(event::Loop& loop, event::Resolver& resolver, const std::vector<RelayTarget>& targets,
                     DeadTargets<RelayTarget>& dead, std::chrono::milliseconds timeout, ConnectorOwner& owner)
    : loop_(loop),
      resolver_(resolver),
      targets_(targets),
      dead_(dead),
      timeout_(timeout),
      owner_(owner),
      order_(dead.order(targets, base::Steady::now())),
      timer_(loop, event::callback<&Connector::on_timer>(*this)) {}

void Connector::try_next() {
  while (true) {
    while (next_address_ < addresses_.size()) {
      give_up_at_ = base::Steady::now() + timeout_;
      const auto begun = begin(addresses_[next_address_++]);
      if (begun == Begun::connected) return hand_over();
      if (begun == Begun::waiting) return;
    }
    if (next_target_ > 0) dead_.mark(targets_[target()], base::Steady::now());
    if (next_target_ == order_.size()) return owner_.on_no_target(error_);
    const auto& target = targets_[order_[next_target_++]];
    next_address_ = 0;
    if (const auto* host = std::get_if<HostTarget>(&target)) {
      give_up_at_ = base::Steady::now() + timeout_;
      timer_.start(timeout_);
      return resolver_.resolve(host->host, *this);
    }
    addresses_ = {std::get<base::SocketAddress>(target)};
  }
}

void Connector::on_resolved(const std::vector<base::IpAddress>& addresses) noexcept {
  timer_.stop();
  const auto* host = std::get_if<HostTarget>(&targets_[target()]);
  addresses_.clear();
  for (const auto& address : addresses) addresses_.emplace_back(base::Endpoint{address, host->port});
  if (addresses.empty()) error_ = EHOSTUNREACH;
  try_next();
}

Connector::Begun Connector::begin(const base::SocketAddress& address) {
  auto connecting = os::start_connect(address);
  if (!connecting && connecting.error() == EAGAIN) {
    constexpr std::chrono::milliseconds kLookAgain{20};
    is_waiting_for_queue_ = true;
    timer_.start(kLookAgain);
    return Begun::waiting;
  }
  if (!connecting) {
    error_ = connecting.error();
    return Begun::failed;
  }
  socket_ = std::move(connecting->socket);
  if (connecting->is_made) return Begun::connected;
  writing_.emplace(loop_, socket_.number(), event::callback<&Connector::on_writable>(*this),
                   event::Readiness::writable);
  writing_->arm();
  timer_.start(timeout_);
  return Begun::waiting;
}

void Connector::on_writable() {
  if (const int error = os::connect_error(socket_.number()); error != 0) return give_up_attempt(error);
  hand_over();
}

void Connector::on_timer() {
  if (std::exchange(is_waiting_for_queue_, false) && base::Steady::now() < give_up_at_) {
    const auto begun = begin(addresses_[next_address_ - 1]);
    if (begun == Begun::connected) return hand_over();
    if (begun == Begun::failed) try_next();
    return;
  }
  withdraw();
  give_up_attempt(ETIMEDOUT);
}

void Connector::give_up_attempt(int error) {
  error_ = error;
  timer_.stop();
  writing_.reset();
  socket_.reset();
  try_next();
}

void Connector::hand_over() {
  timer_.stop();
  writing_.reset();
  dead_.forget(targets_[target()]);
  owner_.on_connected(std::move(socket_));
}

}  // namespace porterd::worker
