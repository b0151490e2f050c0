// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

namespace porterd::session {

Session& SessionTable::add(Session session) {
  if (session.pid == 0) {
    const auto connection = session.connection_id;
    return handed_over_.insert_or_assign(connection, std::move(session)).first->second;
  }
  if (session.is_awaited) ++awaited_;
  const pid_t pid = session.pid;
  return sessions_.insert_or_assign(pid, std::move(session)).first->second;
}

Session* SessionTable::find(pid_t pid) {
  const auto found = sessions_.find(pid);
  return found == sessions_.end() ? nullptr : &found->second;
}

void SessionTable::for_each(const std::function<void(Session&)>& visit) {
  for (auto& [pid, session] : sessions_) visit(session);
}

bool SessionTable::finish(std::uint64_t connection, const Finished& finished) {
  auto session = take_back(connection);
  if (!session) return false;
  session->owner->on_finished(*session, finished);
  session.reset();
  ended_.function(ended_.object);
  return true;
}

Session* SessionTable::find_handed_over(std::uint64_t connection) {
  const auto found = handed_over_.find(connection);
  return found == handed_over_.end() ? nullptr : &found->second;
}

std::optional<Session> SessionTable::take_back(std::uint64_t connection) {
  auto node = handed_over_.extract(connection);
  return node.empty() ? std::nullopt : std::optional(std::move(node.mapped()));
}

void SessionTable::reap(pid_t pid) {
  if (const auto ended = os::reap(pid)) end(*ended);
}

std::size_t SessionTable::sweep() {
  std::size_t count = 0;
  for (; const auto ended = os::reap_any(); ++count) end(*ended);
  return count;
}

void SessionTable::end(const os::Ended& ended) {
  const auto found = sessions_.find(ended.pid);
  if (found == sessions_.end()) return;  // an orphan that came to us
  Session& session = found->second;
  session.owner->on_end(session, ended);
  if (session.is_awaited) --awaited_;
  sessions_.erase(ended.pid);  // `found` may be void: what a worker said last can have begun another session
  ended_.function(ended_.object);
}

}  // namespace porterd::session
