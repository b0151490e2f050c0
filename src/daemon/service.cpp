// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.h"

#include <algorithm>
#include <csignal>
#include <iterator>

#include "daemon/session_records.h"
#include "daemon/worker_pool.h"
#include "os/process.h"
#include "os/socket.h"
#include "spawn/wrapped.h"

namespace porterd::daemon {
namespace {

/// Failures of accept(2) that say something about us; all others concern one connection that is gone already.
bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS; }

base::Peer peer_of(const os::Accepted& accepted) {
  const auto address = base::socket_address(accepted.peer);
  if (const auto* endpoint = std::get_if<base::Endpoint>(&address)) return *endpoint;
  if (const auto local = os::local_peer(accepted.socket.number())) return *local;
  return {};
}

}  // namespace

Service::Service(Machinery& machinery, std::shared_ptr<const ServicePlan> plan)
    : machinery_(machinery), plan_(std::move(plan)), tally_(std::make_shared<admission::Tally>()) {
  tally_->global = machinery_.tally;
  arrange_inner();
}

Service::~Service() = default;

void Service::set_plan(std::shared_ptr<const ServicePlan> plan) {
  const bool has_new_rate = plan->policy.cps != plan_->policy.cps;
  plan_ = std::move(plan);
  resolved_.reset();
  resolved_worker_.reset();
  resolved_facts_.clear();
  // Nothing was taken from a wait server's listener: whoever waits there is seen again.
  std::erase_if(held_, [](const auto& client) { return client.wait.has_value(); });
  arrange_inner();
  if (!has_new_rate) return;
  const auto others = static_cast<std::uint8_t>(~(bit(Pause::rate) | bit(Pause::disabled)));
  pauses_ &= others;
  timed_pauses_ &= others;
}

void Service::set_resolved(const admission::ResolvedNames& names) {
  if (plan_->policy.access.host_names().empty()) return;
  auto policy = std::make_unique<admission::Policy>(plan_->policy);
  policy->access = plan_->policy.access.with_resolved(names);
  resolved_ = std::move(policy);
  if (plan_->named_facts) resolve_worker(names);
}

void Service::resolve_worker(const admission::ResolvedNames& names) {
  const auto facts = with_addresses(*plan_->named_facts, names);
  auto text = worker::write_facts(facts);
  if (text == resolved_facts_) return;
  auto worker = make_worker_plan(facts);
  if (!worker) return write_message(machinery_.log, *plan_, base::Level::error, "degraded", worker.error().text());
  resolved_worker_ = std::move(*worker);
  resolved_facts_ = std::move(text);
  for (const auto& server : wait_servers_) machinery_.workers.stop(server.connection);  // it comes back with them
}

void Service::on_waiting(listen::Listener& listener) noexcept {
  // One service's burst must not keep the others waiting.
  constexpr int kBatch = 64;
  if (plan_->inner && plan_->is_datagram) return intercept(listener);
  if (plan_->is_wait) return serve_waiting(listener);
  machinery_.reaper.poll();
  for (int count = 0; count < kBatch && !is_paused(); ++count) {
    // accept4(2) makes a socket before it looks whether anybody waits: ten times what poll(2) costs.
    if (count > 0 && !os::is_readable(listener.number())) return;
    if (!accept_one(listener)) return;
  }
}

bool Service::accept_one(listen::Listener& listener) {
  if (!may_take_more()) return false;
  auto accepted = listener.accept();
  if (!accepted) return on_accept_error(accepted.error());
  Connection connection;
  connection.id = machinery_.next_connection_id();
  connection.peer = peer_of(*accepted);
  connection.socket = std::move(accepted->socket);
  connection.local = local_address(listener, connection.socket.number());
  return serve(std::move(connection));
}

bool Service::may_take_more() {
  const auto& cps = policy().cps;
  if (!cps || cps->excess != config::Excess::hold) return true;
  const auto wait = admission::Gate(policy(), tally_).wait_for_rate(base::Steady::now());
  if (wait <= std::chrono::nanoseconds(0)) return true;
  pause_for(Pause::rate, wait);
  return false;
}

bool Service::on_accept_error(int error) {
  if (error == EAGAIN) return false;
  if (is_shortage(error)) {
    machinery_.guard.on_shortage(error);
    return false;
  }
  return true;  // ECONNABORTED and network errors: that client has gone, the next one may wait
}

std::optional<base::SocketAddress> Service::local_address(const listen::Listener& listener, int socket) const {
  if (listener.fixed_address()) return listener.fixed_address();
  auto address = os::local_address(socket);
  return address ? std::optional(std::move(*address)) : std::nullopt;
}

bool Service::serve(Connection connection) { return !admit(connection) || launch(connection); }

bool Service::admit(Connection& connection) {
  const auto asked = ask_gate(connection);
  if (!asked) refuse(connection, asked.error());
  return asked.has_value();
}

std::expected<void, admission::Reason> Service::ask_gate(Connection& connection) {
  admission::Circumstances circumstances{.now = base::now()};
  if (policy().max_load) circumstances.load = os::load_average();
  auto ticket = admission::Gate(policy(), tally_).admit(connection.peer, circumstances);
  if (!ticket) return std::unexpected(ticket.error());
  connection.ticket = std::move(*ticket);
  connection.is_wrapped = plan_->wrapped && machinery_.wrapper_rules.exist();
  return {};
}

void Service::refuse(Connection& connection, admission::Reason reason, std::string_view detail) {
  ++counters_.refused;
  write_refusal(machinery_.log, *plan_, {.peer = connection.peer, .local = connection.local, .id = connection.id},
                {.reason = reason, .detail = detail});
  if (const auto* client = std::get_if<base::Endpoint>(&connection.peer);
      reason == admission::Reason::sensor && client != nullptr)
    machinery_.penalties.on_sensor(*plan_, client->address);
  if (connection.socket.is_open()) say_farewell(connection);
  if (reason != admission::Reason::ident) log_refused_user(connection);
  // The port first: a client that has seen its connection end finds it closed.
  const auto& cps = policy().cps;
  if (reason == admission::Reason::cps && cps && cps->excess == config::Excess::disable) disable_for(cps->wait);
  connection.socket.reset();
}

void Service::say_farewell(Connection& connection) {
  const auto& farewell = plan_->banners.farewell;
  if (farewell.by_worker)
    return machinery_.workers.say(farewell.by_worker, connection.id, std::move(connection.socket));
  os::send_now(connection.socket.number(), farewell.text);
}

bool Service::launch(Connection& connection) {
  for (const auto step : {&Service::identify, &Service::greet}) {
    const auto left = (this->*step)(connection);
    if (left != Step::done) return left == Step::begun;
  }
  if (plan_->worker || plan_->inner) return hand_over(connection);
  spawn::LaunchRequest request{.plan = connection.is_wrapped ? plan_->wrapped : plan_->spawn,
                               .connection = std::move(connection.socket),
                               .facts = {}};
  if (connection.wait) {
    const auto* listener = listener_with(connection.wait->listener);
    if (listener == nullptr) return true;  // it went in a reload, and who waited there with it
    request.listener = listener->number();
  }
  request.error_stream =
      plan_->error_file.is_open() ? plan_->error_file.number() : machinery_.output.writing_end(*plan_);
  request.facts = {.peer = connection.peer,
                   .local = connection.local ? &*connection.local : nullptr,
                   .connection_id = connection.id,
                   .is_datagram = plan_->is_datagram};
  const auto launched = machinery_.launcher.launch(request);
  if (!launched) {
    // Nobody is dropped: this one waits here and the others in the backlog.
    connection.socket = std::move(request.connection);
    hold(connection);
    machinery_.guard.on_shortage(launched.error());
    return false;
  }
  begin(connection, {.pid = launched->pid, .report = launched->report});
  return true;
}

bool Service::hand_over(Connection& connection) {
  int socket = connection.socket.number();
  auto at = connection.local.value_or(base::SocketAddress());
  if (connection.wait) {
    const auto* listener = listener_with(connection.wait->listener);
    if (listener == nullptr) return true;  // it went in a reload, and who waited there with it
    socket = listener->number();
    at = listener->point().request.address;
  }
  const auto plan = worker_plan(at);
  if (!plan) return refuse(connection, admission::Reason::unavailable), true;  // its server's socket is not bound
  const auto worker = machinery_.workers.serve(plan, connection.id, socket);
  if (!worker) {
    hold_for_worker(connection);
    return false;
  }
  connection.socket.reset();
  begin(connection, {.worker = *worker});
  return true;
}

void Service::begin(Connection& connection, session::Session session) {
  if (!plan_->inner || !connection.wait) {  // a worker that has the socket is no session: its clients are
    ++counters_.started;
    write_start(machinery_.log, *plan_, {.peer = connection.peer, .local = connection.local, .id = connection.id},
                session.pid != 0 ? session.pid : session.worker);
  }
  log_user(connection);
  session.connection_id = connection.id;
  session.start = base::Steady::now();
  session.peer = connection.peer;
  session.ticket = std::move(connection.ticket);
  session.owner = shared_from_this();
  session.plan = plan_;
  session.is_awaited = connection.wait.has_value();
  if (session.is_awaited) machinery_.reaper.listen();
  const pid_t pid = session.pid;
  machinery_.sessions.add(std::move(session));
  if (!connection.wait) return;
  connection.wait->pid = pid;
  connection.wait->connection = connection.id;
  wait_servers_.push_back(*connection.wait);
  update_listeners();
}

void Service::hold(Connection& connection) {
  held_.push_back(std::move(connection));
  machinery_.directory.on_held(shared_from_this());
}

void Service::serve_held() {
  auto clients = std::exchange(held_, {});
  auto next = clients.begin();
  while (next != clients.end() && launch(*next)) ++next;
  // The first that could not be served is held again; those behind it wait on.
  if (next != clients.end()) std::move(next + 1, clients.end(), std::back_inserter(held_));
}

void Service::give_up_held() {
  if (inner_) inner_->give_up_held();
  for (const auto& client : std::exchange(held_, {})) {
    if (client.wait) continue;
    ++counters_.refused;
    write_refusal(machinery_.log, *plan_, {.peer = client.peer, .local = client.local, .id = client.id},
                  {.reason = admission::Reason::unavailable});
  }
}

void Service::on_end(session::Session& session, const os::Ended& ended) noexcept {
  const auto& plan = plan_of(session);
  machinery_.output.finish(plan, session.pid);
  const auto failure = machinery_.launcher.failure({.pid = session.pid, .report = session.report});
  const auto unwrapped = plan.wrapped ? spawn::tcpd_end(ended.wait_status) : std::nullopt;
  if (failure) {
    ++counters_.failed;
    write_failure(machinery_.log, plan, session, *failure);
  } else if (unwrapped && unwrapped->error != 0) {
    ++counters_.failed;
    write_failure(machinery_.log, plan, session, {.stage = spawn::Stage::exec, .error = unwrapped->error});
  } else if (unwrapped) {
    ++counters_.refused;
    write_libwrap_refusal(machinery_.log, plan, session);
  } else {
    write_end(machinery_.log, plan, session, ended);
  }
  release_listener(session, ended);
}

void Service::on_finished(session::Session& session, const session::Finished& finished) noexcept {
  if (was_preparing(session, finished)) return;
  const auto& plan = plan_of(session);
  const bool had_listener = take_wait_server(session).has_value();
  if (!plan.inner || !had_listener) write_finished(machinery_.log, plan, session, finished);
  if (had_listener) update_listeners();
  session.ticket = {};
  close_inner_if_unused();
}

void Service::pause(Pause cause) {
  pauses_ |= bit(cause);
  if (inner_ && cause == Pause::resources) inner_->pause(cause);
  update_listeners();
}

void Service::resume(Pause cause) {
  if (!is_paused(cause)) return;
  if (inner_ && cause == Pause::resources) inner_->resume(cause);
  pauses_ &= static_cast<std::uint8_t>(~bit(cause));
  if (cause == Pause::disabled) open_missing();
  if (cause == Pause::resources || cause == Pause::worker) serve_held();
  update_listeners();
}

void Service::pause_for(Pause cause, std::chrono::nanoseconds delay) {
  if (!timer_) timer_ = std::make_unique<event::Timer>(machinery_.loop, event::callback<&Service::on_timer>(*this));
  // One timer for all causes that time clears: it runs until the last of them is over.
  const auto now = base::Steady::now();
  timed_until_ = timed_pauses_ == 0 ? now + delay : std::max(timed_until_, now + delay);
  timed_pauses_ |= bit(cause);
  pause(cause);
  timer_->start(timed_until_ - now);
}

void Service::on_timer() {
  const auto over = std::exchange(timed_pauses_, 0);
  for (const auto cause : {Pause::rate, Pause::disabled, Pause::back_off})
    if ((over & bit(cause)) != 0) resume(cause);
  if ((over & bit(Pause::disabled)) != 0) write_enabled(machinery_.log, *plan_);
}

void Service::disable_for(std::chrono::milliseconds wait) {
  // xinetd's way: the port is closed, so that clients are refused at once.
  listeners_.clear();
  pause_for(Pause::disabled, wait);
  write_disabled(machinery_.log, *plan_, wait);
}

void Service::update_listeners() {
  for (const auto& listener : listeners_) {
    if (is_paused() || is_held(*listener))
      listener->disarm();
    else
      listener->arm();
  }
}

std::string Service::state() const {
  std::string text;
  for (std::size_t index = 0; index < std::size(kPauseNames); ++index) {
    if (!is_paused(static_cast<Pause>(index))) continue;
    if (!text.empty()) text += ',';
    text += kPauseNames[index];
  }
  if (text.empty()) text = is_degraded() ? "degraded" : "listening";
  return text;
}

}  // namespace porterd::daemon
