// SPDX-License-Identifier: Apache-2.0
//
// What Service does between admission and launch that takes its time: the client's ident server is asked, and a banner
// that is larger than a socket's buffer is sent. Both are a worker's work; the client waits in `preparing_`, with its
// ticket, and goes on when the worker has reported. Also the questions whose answers are for the log only.
//
//   admitted ─▶ identify ─▶ greet ─▶ launch
//                  │          └─ the client takes too long or goes ─▶ refused, banner
//                  └─ no answer ─▶ refused, ident
#include <utility>

#include "daemon/ident_lookups.h"
#include "daemon/service.h"
#include "daemon/session_records.h"
#include "daemon/worker_pool.h"
#include "os/socket.h"
#include "worker/tcpmux.h"

namespace porterd::daemon {
namespace {

/// Nothing of a client that has no address: the kernel says who is at the other end of a UNIX socket.
std::optional<IdentLookups::Question> question_about(const ServicePlan& plan, const base::Peer& peer,
                                                     const std::optional<base::SocketAddress>& local) {
  const auto* client = std::get_if<base::Endpoint>(&peer);
  const auto* here = local ? std::get_if<base::Endpoint>(&*local) : nullptr;
  if (client == nullptr || here == nullptr) return std::nullopt;
  return IdentLookups::Question{
      .peer = *client, .local = *here, .deadline = plan.ident.timeout, .purpose = IdentLookups::Purpose::log};
}

}  // namespace

Service::Step Service::identify(Connection& connection) {
  if (!plan_->ident.is_required || connection.wait || connection.is_identified) return Step::done;
  auto question = question_about(*plan_, connection.peer, connection.local);
  if (!question) return Step::done;
  question->purpose = IdentLookups::Purpose::admission;
  const auto answered = [self = shared_from_this(), id = connection.id](const Identity& identity) {
    self->on_identity(id, identity);
  };
  const auto asked = machinery_.idents.ask(*question, answered);
  if (!asked && asked.error() == IdentLookups::Refusal::unavailable) {
    hold_for_worker(connection);
    return Step::held;
  }
  if (!asked) {
    refuse(connection, admission::Reason::ident, "busy");
    return Step::begun;
  }
  preparing_.emplace(connection.id, std::move(connection));
  return Step::begun;
}

void Service::hold_for_worker(Connection& connection) {
  hold(connection);
  pause(Pause::worker);
}

void Service::on_identity(std::uint64_t id, const Identity& identity) {
  auto node = preparing_.extract(id);
  if (node.empty()) return;
  Connection& connection = node.mapped();
  if (!identity.failure.empty()) return refuse(connection, admission::Reason::ident, identity.failure);
  connection.is_identified = true;
  connection.user = identity.user;
  [[maybe_unused]] const bool is_launched = launch(connection);
}

Service::Step Service::greet(Connection& connection) {
  if (connection.wait || std::exchange(connection.is_greeted, true)) return Step::done;
  const int socket = connection.socket.number();
  if (connection.is_named && plan_->says_go) os::send_now(socket, worker::kTcpmuxGo);
  const auto& greeting = connection.is_wrapped ? plan_->banners.before_wrapper : plan_->banners.welcome;
  os::send_now(socket, greeting.text);
  if (!greeting.by_worker) return Step::done;
  const auto worker = machinery_.workers.serve(greeting.by_worker, connection.id, socket);
  if (!worker) {
    connection.is_greeted = connection.is_named = false;
    hold_for_worker(connection);
    return Step::held;
  }
  connection.socket.reset();
  machinery_.sessions.add({.worker = *worker,
                           .connection_id = connection.id,
                           .start = base::Steady::now(),
                           .peer = connection.peer,
                           .owner = shared_from_this(),
                           .is_preparing = true,
                           .plan = plan_});
  preparing_.emplace(connection.id, std::move(connection));
  return Step::begun;
}

void Service::on_given_back(session::Session& session, base::Fd socket) noexcept {
  auto node = preparing_.extract(session.connection_id);
  if (node.empty()) return;
  node.mapped().socket = std::move(socket);
  [[maybe_unused]] const bool is_launched = launch(node.mapped());
}

bool Service::was_preparing(const session::Session& session, const session::Finished& finished) {
  auto node = preparing_.extract(session.connection_id);
  if (node.empty()) return false;
  refuse(node.mapped(), admission::Reason::banner, finished.reason);
  return true;
}

void Service::log_user(const Connection& connection) {
  if (!plan_->ident.is_for_served || connection.wait) return;
  RecordedConnection recorded{.peer = connection.peer, .local = connection.local, .id = connection.id};
  if (connection.user) return write_user(machinery_.log, *plan_, recorded, *connection.user);
  const auto question = question_about(*plan_, connection.peer, connection.local);
  if (!question) return;
  auto answered = [&log = machinery_.log, plan = plan_, recorded = std::move(recorded)](const Identity& identity) {
    if (identity.failure.empty()) return write_user(log, *plan, recorded, identity.user);
    write_no_user(log, *plan, recorded, identity.failure, Outcome::served);
  };
  [[maybe_unused]] const auto asked = machinery_.idents.ask(*question, std::move(answered));
}

void Service::log_refused_user(Connection& connection) {
  if (!plan_->ident.is_for_refused || connection.wait || !connection.socket.is_open()) return;
  const auto question = question_about(*plan_, connection.peer, connection.local);
  if (!question) return;
  RecordedConnection recorded{.peer = connection.peer, .local = connection.local, .id = connection.id};
  // An ident server knows nothing of a connection that is over: it is kept until the answer has come.
  auto answered = [&log = machinery_.log, plan = plan_, recorded = std::move(recorded),
                   socket = std::move(connection.socket)](const Identity& identity) {
    if (identity.failure.empty()) return write_user(log, *plan, recorded, identity.user);
    write_no_user(log, *plan, recorded, identity.failure, Outcome::refused);
  };
  [[maybe_unused]] const auto asked = machinery_.idents.ask(*question, std::move(answered));
}

}  // namespace porterd::daemon
