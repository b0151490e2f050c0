// SPDX-License-Identifier: Apache-2.0
//
// What the tests of sessions share: an owner that remembers, and children that have ended.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <vector>

#include "session/session_table.h"

namespace porterd::session {

struct RecordingOwner final : Owner {
  void on_end(Session& session, const os::Ended& ended) noexcept override {
    ends.push_back(session.pid);
    statuses.push_back(WEXITSTATUS(ended.wait_status));
  }
  [[nodiscard]] std::string_view id() const override { return "test"; }
  std::vector<pid_t> ends;
  std::vector<int> statuses;
};

/// A child that has ended with `status`, and was not reaped, when this returns.
inline pid_t ended_child(int status = 0) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(status);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  return pid;
}

inline Session session_of(pid_t pid, const std::shared_ptr<Owner>& owner) {
  Session session;
  session.pid = pid;
  session.owner = owner;
  return session;
}

}  // namespace porterd::session
