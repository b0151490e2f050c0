// SPDX-License-Identifier: Apache-2.0
//
// Service's side of tcpmux (RFC 1078): a worker has read which service a client of ours wants, and the connection goes
// on to that one as if it had come there: the same gate, the same launch, the same credentials (CVE-2013-4342). Only
// services that say so can be had (CVE-2012-0862).
#include "daemon/service.h"
#include "daemon/session_records.h"
#include "daemon/worker_pool.h"
#include "os/socket.h"

namespace porterd::daemon {

void Service::on_named(session::Session& session, base::Fd socket, const session::Naming& naming) noexcept {
  const auto plan = std::static_pointer_cast<const ServicePlan>(session.plan);
  write_finished(machinery_.log, *plan, session, {.bytes_in = naming.bytes_in});
  session.ticket = {};  // whoever is served next is not counted here any more
  Connection connection;
  connection.id = session.connection_id;
  connection.peer = session.peer;
  if (auto local = os::local_address(socket.number())) connection.local = std::move(*local);
  connection.socket = std::move(socket);
  const auto target = machinery_.directory.tcpmux_service(naming.name);
  if (target == nullptr) {
    ++counters_.refused;
    write_refusal(machinery_.log, *plan, {.peer = connection.peer, .local = connection.local, .id = connection.id},
                  {.reason = admission::Reason::unknown_service});
  }
  if (target != nullptr && target->take_named(connection)) return;
  machinery_.workers.say(plan->not_available, connection.id, std::move(connection.socket));
}

bool Service::take_named(Connection& connection) {
  const bool is_busy = is_paused() || !held_.empty() || !may_take_more();
  const auto asked = is_busy ? std::unexpected(admission::Reason::unavailable) : ask_gate(connection);
  if (!asked) {
    ++counters_.refused;
    write_refusal(machinery_.log, *plan_, {.peer = connection.peer, .local = connection.local, .id = connection.id},
                  {.reason = asked.error()});
    return false;
  }
  connection.is_named = true;
  // Out of processes, it is held and goes first when there are some.
  [[maybe_unused]] const bool is_launched = launch(connection);
  return true;
}

}  // namespace porterd::daemon
