// SPDX-License-Identifier: Apache-2.0
//
// All live sessions and their end: by pid, or by connection where a worker serves them. Who notices that a child has
// ended is Reaper.
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>

#include "event/loop.h"
#include "session/session.h"

namespace porterd::session {

class SessionTable {
 public:
  /// `ended` is called after each session's end.
  explicit SessionTable(event::Callback ended) : ended_(ended) {}

  /// Adds a session just launched or handed over and returns it where it will stay until its end.
  Session& add(Session session);
  [[nodiscard]] std::size_t size() const { return processes() + handed_over_.size(); }
  [[nodiscard]] std::size_t processes() const { return sessions_.size(); }
  /// Sessions whose end somebody waits for.
  [[nodiscard]] std::size_t awaited() const { return awaited_; }
  [[nodiscard]] Session* find(pid_t pid);
  /// Calls `visit` for each that is a process; it must not add or end sessions.
  void for_each(const std::function<void(Session&)>& visit);

  /// A worker has said how the session of this connection ended. False: there is none.
  bool finish(std::uint64_t connection, const Finished& finished);
  /// The session of this connection, which a worker serves; or null.
  [[nodiscard]] Session* find_handed_over(std::uint64_t connection);
  /// Takes a session out without an end: what a worker was asked to find out is known, and it goes on elsewhere.
  [[nodiscard]] std::optional<Session> take_back(std::uint64_t connection);

  /// Collects this child if it has ended.
  void reap(pid_t pid);
  /// Collects every child that has ended, sessions and strangers (orphans that came to us as PID 1). How many.
  std::size_t sweep();

 private:
  void end(const os::Ended& ended);

  std::unordered_map<pid_t, Session> sessions_;
  std::unordered_map<std::uint64_t, Session> handed_over_;  ///< by connection
  std::size_t awaited_ = 0;
  event::Callback ended_;
};

}  // namespace porterd::session
