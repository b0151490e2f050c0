// SPDX-License-Identifier: Apache-2.0
#include "os/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace porterd::os {
namespace {

/// Runs `body` in a process of its own, as it changes what cannot be changed back. Its exit status.
template <typename Body>
int in_child(Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Signals, TakingOverResetsWhatWasIgnoredAndBlocks) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGPIPE, SIG_IGN);
              take_over_signals();
              struct sigaction action{};
              ::sigaction(SIGPIPE, nullptr, &action);
              ::raise(SIGTERM);  // blocked: we go on
              return action.sa_handler == SIG_DFL ? 0 : 1;
            }),
            0);
}

TEST(Signals, FaultsStayUnblocked) {
  EXPECT_EQ(in_child([] {
              take_over_signals();
              ::raise(SIGABRT);
              return 0;
            }),
            128 + SIGABRT);
}

TEST(Signals, ComeOneByOneWithTheirSender) {
  EXPECT_EQ(in_child([] {
              take_over_signals();
              auto queue = SignalQueue::open(std::array{SIGHUP, SIGUSR1});
              if (!queue) return 1;
              if (!queue->read().empty()) return 2;
              ::kill(::getpid(), SIGHUP);
              ::kill(::getpid(), SIGUSR1);
              const auto signals = queue->read();
              if (signals.size() != 2 || signals[0].number != SIGHUP || signals[1].number != SIGUSR1) return 3;
              return signals[0].sender == ::getpid() ? 0 : 4;
            }),
            0);
}

TEST(Signals, ReleasedOnesTakeEffect) {
  EXPECT_EQ(in_child([] {
              take_over_signals();
              ::raise(SIGTERM);
              release_signals();
              return 0;
            }),
            128 + SIGTERM);
}

}  // namespace
}  // namespace porterd::os
