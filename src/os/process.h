// SPDX-License-Identifier: Apache-2.0
//
// Processes: collecting children, signalling them, becoming a daemon, what the machine says about itself.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/result.h"

namespace porterd::os {

/// A child that has ended, as wait4(2) tells.
struct Ended {
  pid_t pid = 0;
  int wait_status = 0;
  std::chrono::microseconds user_time{};
  std::chrono::microseconds system_time{};
  std::int64_t peak_memory_kib = 0;
};

/// Collects child `pid` if it has ended. Costs the same however many children live.
[[nodiscard]] std::optional<Ended> reap(pid_t pid);
/// Collects any child that has ended. The kernel walks all children for it.
[[nodiscard]] std::optional<Ended> reap_any();

/// Sends `signal` to the process group that `leader` leads, or to the process alone while it has no group of its own
/// yet.
void signal_group(pid_t leader, int signal);
/// Signals one process.
void signal_process(pid_t pid, int signal);

/// The session (setsid(2)) that a process belongs to; nothing when it has gone.
[[nodiscard]] std::optional<pid_t> session_of(pid_t pid);

/// The 1-minute load average, from one system call (sysinfo(2)).
[[nodiscard]] double load_average();

/// This process's own peak memory so far (getrusage(2)).
[[nodiscard]] std::int64_t own_peak_memory_kib();

/// fork(2), setsid(2), standard descriptors 0 and 1 to /dev/null. The parent stays in await_daemon() until the child
/// has written its verdict to the pipe that is returned in the child.
class Daemonizer {
 public:
  /// In the parent this does not return: it exits with the child's verdict, or 1 when the child died before giving one.
  [[nodiscard]] static base::Result<Daemonizer> detach();
  /// Lets the parent leave with `status`, and turns descriptor 2 to /dev/null.
  void release(int status);

 private:
  explicit Daemonizer(int pipe) : pipe_(pipe) {}
  int pipe_;
};

}  // namespace porterd::os
