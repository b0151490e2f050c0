// SPDX-License-Identifier: Apache-2.0
//
// All live sessions and their end: by pid, or by connection where a worker serves them. A child is reaped by the pid
// that the signal names, which costs the same however many live. Signals merge, so others may have ended unnamed: with
// few children one sweep over all finds them at once; with many, where the kernel would walk all of them each time, a
// sweep follows a little later and collects in one go.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>

#include "event/loop.h"
#include "session/session.h"

namespace porterd::session {

class SessionTable {
 public:
  /// `ended` is called after each session's end.
  SessionTable(event::Loop& loop, event::Callback ended);

  /// Adds a session just launched or handed over and returns it where it will stay until its end.
  Session& add(Session session);
  [[nodiscard]] std::size_t size() const { return sessions_.size() + handed_over_.size(); }
  [[nodiscard]] Session* find(pid_t pid);
  /// Calls `visit` for each that is a process; it must not add or end sessions.
  void for_each(const std::function<void(Session&)>& visit);

  /// A worker has said how the session of this connection ended. False: there is none.
  bool finish(std::uint64_t connection, const Finished& finished);
  /// The session of this connection, which a worker serves; or null.
  [[nodiscard]] Session* find_handed_over(std::uint64_t connection);
  /// Takes a session out without an end: what a worker was asked to find out is known, and it goes on elsewhere.
  [[nodiscard]] std::optional<Session> take_back(std::uint64_t connection);

  /// The signal SIGCHLD came and named `pid`.
  void on_child_signal(pid_t pid);
  /// Collects every child that has ended, sessions and strangers (orphans that came to us as PID 1).
  void sweep();

 private:
  void end(const os::Ended& ended);

  static constexpr std::size_t kFewChildren = 256;
  static constexpr std::chrono::milliseconds kSweepDelay{100};
  std::unordered_map<pid_t, Session> sessions_;
  std::unordered_map<std::uint64_t, Session> handed_over_;  ///< by connection
  event::Callback ended_;
  event::Timer sweep_timer_;
};

}  // namespace porterd::session
