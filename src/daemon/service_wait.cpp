// SPDX-License-Identifier: Apache-2.0
//
// Service's wait side: the listener itself goes to the server, and porterd stays silent on it until that server has
// ended.
#include <algorithm>
#include <csignal>
#include <utility>

#include "daemon/service.h"
#include "daemon/session_records.h"
#include "daemon/worker_pool.h"
#include "os/accept_queue.h"
#include "os/process.h"
#include "os/socket.h"

namespace porterd::daemon {

using namespace std::chrono_literals;

void Service::serve_waiting(listen::Listener& listener) {
  if (os::is_shut_down(listener.number())) return replace(listener);
  constexpr int kRefusals = 64;  // a flood of refused datagrams must not keep the other services waiting
  for (int count = 0; count < kRefusals && may_take_more(); ++count) {
    Connection connection;
    connection.id = machinery_.next_connection_id();
    connection.local = listener.fixed_address();
    connection.wait = look_at(listener);
    if (plan_->is_datagram) {
      const auto& head = connection.wait->head;
      if (!head) return;
      if (!plan_->is_inner && head->source && std::holds_alternative<base::Endpoint>(*head->source))
        connection.peer = std::get<base::Endpoint>(*head->source);
    }
    if (admit(connection)) {
      [[maybe_unused]] const bool is_launched = launch(connection);
      return;
    }
    if (is_paused(Pause::disabled)) return;  // the port was closed, and `listener` is gone
    if (!plan_->is_datagram) return back_off_refused();
    os::discard_datagram(listener.number());
  }
}

void Service::replace(const listen::Listener& listener) {
  // A server did shutdown(2) on what it was given: nothing comes in there any more, and it stays readable for ever.
  const std::string place = listener.point().text();
  std::erase_if(listeners_, [&](const auto& one) { return one.get() == &listener; });
  open_missing();
  write_message(machinery_.log, *plan_, base::Level::warning, "listener",
                place + ": shut down by a server; bound anew");
}

Service::WaitServer Service::look_at(const listen::Listener& listener) const {
  WaitServer server{.pid = 0, .connection = 0, .listener = listener.serial(), .head = {}, .queued = 0};
  if (plan_->is_datagram)
    server.head = os::datagram_head(listener.number());
  else
    server.queued = os::queued_connections(listener.number());
  return server;
}

listen::Listener* Service::listener_with(std::uint64_t serial) const {
  const auto found = std::ranges::find(listeners_, serial, &listen::Listener::serial);
  return found == listeners_.end() ? nullptr : found->get();
}

bool Service::is_held(const listen::Listener& listener) const {
  return std::ranges::any_of(wait_servers_, [&](const auto& server) { return server.listener == listener.serial(); });
}

void Service::terminate_stray_servers() {
  // The leader alone: its children may be in the middle of a transfer.
  for (const auto& server : wait_servers_) {
    if (listener_with(server.listener) != nullptr) continue;
    if (server.pid == 0)
      machinery_.workers.stop(server.connection);
    else
      os::signal_process(server.pid, SIGTERM);
  }
  close_inner_if_unused();
}

std::optional<Service::WaitServer> Service::take_wait_server(const session::Session& session) {
  const auto found = std::ranges::find(wait_servers_, session.connection_id, &WaitServer::connection);
  if (found == wait_servers_.end()) return std::nullopt;
  WaitServer server = *found;
  wait_servers_.erase(found);
  return server;
}

void Service::release_listener(const session::Session& session, const os::Ended& ended) {
  const auto server = take_wait_server(session);
  const auto* listener = server ? listener_with(server->listener) : nullptr;
  if (listener == nullptr) return;  // none was given, or it went in a reload
  if (has_taken_something(listener->number(), *server, session, ended))
    back_off_ = 0ms;
  else
    back_off(ended);
  update_listeners();
}

bool Service::has_taken_something(int socket, const WaitServer& server, const session::Session& session,
                                  const os::Ended& ended) {
  if (!os::is_readable(socket)) return true;
  if (server.head && server.head->stamp_ns != 0) return os::datagram_head(socket) != server.head;
  if (base::Steady::now() - session.start >= 1s) return true;  // it served for a while
  if (plan_->is_datagram) return ended.wait_status == 0;       // the head bears no mark: the server's word has to do
  return os::queued_connections(socket) < server.queued || has_queue_moved(socket, server.listener);
}

bool Service::has_queue_moved(int socket, std::uint64_t listener) {
  const auto waiting = os::waiting_connections(socket);
  if (!waiting) return false;
  auto found = std::ranges::find(queues_, listener, &Queue::listener);
  if (found == queues_.end()) {
    // Of listeners that are gone nobody will ask again.
    std::erase_if(queues_, [&](const auto& queue) { return listener_with(queue.listener) == nullptr; });
    found = queues_.insert(queues_.end(), Queue{.listener = listener, .waiting = {}});
  }
  const auto before = std::exchange(found->waiting, *waiting);
  return !std::ranges::includes(*waiting, before);
}

void Service::back_off(const os::Ended& ended) {
  constexpr auto kShortest = 100ms;
  constexpr auto kLongest = 60'000ms;
  back_off_ = std::clamp<std::chrono::milliseconds>(back_off_ * 2, kShortest, kLongest);
  write_back_off(machinery_.log, *plan_, ended, back_off_);
  pause_for(Pause::back_off, back_off_);
}

void Service::back_off_refused() {
  // The connection cannot be refused, as only the server could accept it: it waits, and is asked about again.
  constexpr auto kDelay = 1'000ms;
  pause_for(Pause::back_off, kDelay);
}

}  // namespace porterd::daemon
