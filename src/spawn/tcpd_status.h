// SPDX-License-Identifier: Apache-2.0
//
// How porterd-tcpd says that it did not become the server: it ends itself by a real-time signal that servers have no
// use for. An exit status would not do, as every one of them may be a server's. Shared by porterd and porterd-tcpd.
#pragma once

#include <cerrno>
#include <csignal>

namespace porterd::spawn {

/// hosts.allow and hosts.deny refuse the client.
inline int tcpd_refusal_signal() { return SIGRTMAX - 1; }

/// Failures of execve(2) that a signal can tell apart; the last one stands for all others.
inline constexpr int kTcpdExecErrors[] = {EACCES, ENOENT, ENOEXEC, ENOMEM, ENOTDIR, EIO};

/// The server could not be started, with errno `error`.
inline int tcpd_failure_signal(int error) {
  constexpr int kCount = sizeof kTcpdExecErrors / sizeof *kTcpdExecErrors;
  int index = 0;
  while (index + 1 < kCount && kTcpdExecErrors[index] != error) ++index;
  return SIGRTMAX - 2 - index;
}

/// The errno that `signal` stands for; 0 when it is none of these.
inline int tcpd_failure_of(int signal) {
  for (const int error : kTcpdExecErrors)
    if (signal == tcpd_failure_signal(error)) return error;
  return 0;
}

}  // namespace porterd::spawn
