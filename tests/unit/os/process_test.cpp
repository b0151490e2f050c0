// SPDX-License-Identifier: Apache-2.0
#include "os/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace porterd::os {
namespace {

/// A child that ends with `status`, ended when this returns.
pid_t ended_child(int status) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(status);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  return pid;
}

TEST(Process, ReapsTheChildItIsAskedFor) {
  const pid_t other = ended_child(1);
  const pid_t pid = ended_child(7);
  const auto ended = reap(pid);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->pid, pid);
  EXPECT_EQ(WEXITSTATUS(ended->wait_status), 7);
  EXPECT_EQ(reap_any()->pid, other);
}

TEST(Process, DoesNotWaitForAChildThatLives) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::pause();
    ::_exit(0);
  }
  EXPECT_FALSE(reap(pid));
  EXPECT_FALSE(reap_any());
  signal_process(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(Process, SignalsTheWholeGroupOfALeader) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t leader = ::fork();
  if (leader == 0) {
    ::setsid();
    const pid_t member = ::fork();
    if (member != 0) [[maybe_unused]]
      const auto written = ::write(ready[1], &member, sizeof member);
    ::pause();
    ::_exit(0);
  }
  pid_t member = 0;
  ASSERT_EQ(::read(ready[0], &member, sizeof member), static_cast<ssize_t>(sizeof member));
  EXPECT_EQ(session_of(member), leader);
  ::close(ready[1]);
  signal_group(leader, SIGKILL);
  ::waitpid(leader, nullptr, 0);
  // The pipe ends when the last of them has gone.
  char nothing = 0;
  EXPECT_EQ(::read(ready[0], &nothing, 1), 0);
  ::close(ready[0]);
}

TEST(Process, KnowsNoSessionOfAProcessThatHasGone) {
  const pid_t pid = ended_child(0);
  ::waitpid(pid, nullptr, 0);
  EXPECT_FALSE(session_of(pid));
}

TEST(Process, LoadAverageIsThatOfTheMachine) {
  double loads[1] = {};
  ASSERT_EQ(::getloadavg(loads, 1), 1);
  EXPECT_NEAR(load_average(), loads[0], 0.5);
}

}  // namespace
}  // namespace porterd::os
