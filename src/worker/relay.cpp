// SPDX-License-Identifier: Apache-2.0
#include "worker/relay.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "worker/proxy_header.h"

namespace porterd::worker {
namespace {

/// Both ends of a relay: what comes in small pieces goes on at once, and a peer that is gone without a word is noticed.
void prepare(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/// Closes with a reset, so that nobody takes what was cut off for all there was.
void abort_connection(base::Fd& socket) {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  socket.reset();
}

}  // namespace

Relay::Direction::Direction(event::Loop& loop, int source, int sink, PipePool& pipes, event::Callback callback)
    : pump(source, sink, pipes),
      source_readable(loop, source, callback, event::Readiness::readable),
      sink_writable(loop, sink, callback, event::Readiness::writable) {}

void Relay::Direction::wait_for(Pump::Need need) {
  need == Pump::Need::source ? source_readable.arm() : source_readable.disarm();
  need == Pump::Need::sink ? sink_writable.arm() : sink_writable.disarm();
}

Relay::Relay(RelayParts parts, Request request, Owner& owner)
    : parts_(parts),
      request_(std::move(request)),
      owner_(owner),
      connector_(parts.loop, parts.resolver, request_.plan->targets, parts.dead, request_.plan->connect_timeout, *this),
      timer_(parts.loop, event::callback<&Relay::on_timer>(*this)) {
  timer_.start(std::chrono::nanoseconds(0));
}

void Relay::on_timer() {
  if (!target_.is_open()) return connector_.start();
  const auto left = last_moved_ + request_.plan->idle_timeout - base::Steady::now();
  if (left.count() > 0) return timer_.start(left);
  end(Ending::idle);
}

void Relay::on_connected(base::Fd socket) noexcept {
  target_ = std::move(socket);
  prepare(request_.client.number());
  prepare(target_.number());
  ::fcntl(request_.client.number(), F_SETFL, O_RDWR | O_NONBLOCK);
  if (request_.plan->sends_proxy_header && !send_proxy_header()) return end(Ending::target_broke, errno);
  const int client = request_.client.number();
  const int target = target_.number();
  up_.emplace(parts_.loop, client, target, parts_.pipes, event::callback<&Relay::move_up>(*this));
  down_.emplace(parts_.loop, target, client, parts_.pipes, event::callback<&Relay::move_down>(*this));
  last_moved_ = base::Steady::now();
  if (request_.plan->idle_timeout.count() > 0) timer_.start(request_.plan->idle_timeout);
  if (move(*up_)) move(*down_);
}

void Relay::on_no_target(int error) noexcept {
  abort_connection(request_.client);
  end(Ending::no_target, error);
}

bool Relay::send_proxy_header() {
  // Into the buffer of a new connection, which takes far more: partial writes need no thought.
  const auto header = proxy_header(request_.peer, request_.local);
  return ::send(target_.number(), header.data(), header.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(header.size());
}

void Relay::move_up() { move(*up_); }
void Relay::move_down() { move(*down_); }

bool Relay::move(Direction& direction) {
  const auto before = direction.pump.bytes();
  const auto step = direction.pump.move();
  outcome_.bytes_in = up_->pump.bytes();
  outcome_.bytes_out = down_->pump.bytes();
  if (direction.pump.bytes() != before && request_.plan->idle_timeout.count() > 0) last_moved_ = base::Steady::now();
  direction.wait_for(step.need);
  if (step.error != 0) {
    end_broken(direction, step);
    return false;
  }
  if (!up_->pump.is_over() || !down_->pump.is_over()) return true;
  end(Ending::done);
  return false;
}

void Relay::end_broken(const Direction& direction, const Pump::Step& step) {
  if (step.need == Pump::Need::no_descriptor) return end(Ending::no_descriptors, step.error);
  const bool is_source = step.need == Pump::Need::source_broke;
  const bool is_client = (&direction == &*up_) == is_source;
  abort_connection(is_client ? target_ : request_.client);
  end(is_client ? Ending::client_broke : Ending::target_broke, step.error);
}

void Relay::end(Ending ending, int error) {
  up_.reset();
  down_.reset();
  timer_.stop();
  request_.client.reset();
  target_.reset();
  outcome_.ending = ending;
  outcome_.error = error;
  const Outcome outcome = outcome_;
  owner_.on_end(request_.id, outcome);
}

}  // namespace porterd::worker
