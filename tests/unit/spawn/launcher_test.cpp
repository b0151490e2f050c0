// SPDX-License-Identifier: Apache-2.0
#include "spawn/launcher.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/enum_names.h"
#include "os/descriptors.h"
#include "os/socket.h"

namespace porterd::spawn {
namespace {

using config::LaunchMethod;

config::Service shell(const std::string& script) {
  config::Service service;
  service.id = service.service = "shell";
  service.server = "/bin/sh";
  service.server_args = {"-c", script};
  return service;
}

Inheritance ourselves() {
  Inheritance inheritance;
  inheritance.uid = ::geteuid();
  inheritance.gid = ::getegid();
  return inheritance;
}

/// What a client of one launch sees, and how the child ended.
struct Outcome {
  std::string answer;
  int wait_status = 0;
  std::optional<Failure> failure;
};

class LauncherTest : public testing::TestWithParam<LaunchMethod> {
 protected:
  LauncherTest() : launcher_(Launcher::make(GetParam()).value()) {}

  Outcome launch(const config::Service& service) {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const base::Fd client(pair[0]);
    LaunchRequest request;
    request.plan = Plan::make(service, ourselves()).value();
    request.connection = base::Fd(pair[1]);
    request.facts.connection_id = 0xabc;
    const auto launched = launcher_->launch(request);
    EXPECT_TRUE(launched);
    Outcome outcome;
    outcome.answer = read_all(client.number());
    ::waitpid(launched->pid, &outcome.wait_status, 0);
    outcome.failure = launcher_->failure(*launched);
    return outcome;
  }

  /// Until the end of file, which comes only when we hold no copy of the connection either.
  std::string read_all(int socket) {
    std::string text;
    for (;;) {
      pollfd entries[2] = {{.fd = socket, .events = POLLIN, .revents = 0},
                           {.fd = launcher_->wake_descriptor(), .events = POLLIN, .revents = 0}};
      if (::poll(entries, 2, 10'000) <= 0) return text + "(no end)";
      if (entries[1].revents != 0) launcher_->close_detached();
      if (entries[0].revents == 0) continue;
      char chunk[4096];
      const ssize_t bytes = ::read(socket, chunk, sizeof chunk);
      if (bytes <= 0) return text;
      text.append(chunk, static_cast<std::size_t>(bytes));
    }
  }

  std::unique_ptr<Launcher> launcher_;
};

TEST_P(LauncherTest, GivesTheConnectionOnZeroAndOne) {
  const auto outcome =
      launch(shell("echo hello $CONNECTION_ID; test /proc/self/fd/0 -ef /proc/self/fd/1 && echo same"));
  EXPECT_EQ(outcome.answer, "hello abc\nsame\n");
  EXPECT_EQ(outcome.wait_status, 0);
  EXPECT_FALSE(outcome.failure);
}

TEST_P(LauncherTest, ReportsTheStepThatFailedAndWhy) {
  auto service = shell("");
  service.server = "/nonexistent/server";
  const auto outcome = launch(service);
  EXPECT_EQ(outcome.answer, "");
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->stage, Stage::exec);
  EXPECT_EQ(outcome.failure->error, ENOENT);

  service = shell("");
  service.working_directory = "/nonexistent";
  const auto other = launch(service);
  ASSERT_TRUE(other.failure);
  EXPECT_EQ(other.failure->stage, Stage::chdir);
}

TEST_P(LauncherTest, FailureOfOneIsNotThatOfTheNext) {
  auto bad = shell("");
  bad.server = "/nonexistent/server";
  for (int count = 0; count < 20; ++count) {
    EXPECT_TRUE(launch(bad).failure);
    EXPECT_FALSE(launch(shell("exit 0")).failure);
  }
}

TEST_P(LauncherTest, ChildLeadsASessionOfItsOwn) {
  const auto outcome = launch(shell("ps -o pid=,pgid=,sid= $$ | tr -s ' ' '\\n' | sort -u | grep -c ."));
  EXPECT_EQ(outcome.answer, "1\n");
}

TEST_P(LauncherTest, NothingElseIsInherited) {
  os::close_inherited_on_exec();  // of whoever runs this test
  const base::Fd leaked = os::move_high(base::Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)));
  const auto outcome = launch(shell("exec ls /proc/self/fd"));
  // The last one is the folder that ls itself has open.
  EXPECT_EQ(outcome.answer, "0\n1\n2\n3\n");
}

TEST_P(LauncherTest, ManyOpenDescriptorsChangeNothingForTheServer) {
  launcher_->set_open_descriptors(10'000);
  for (int count = 0; count < 100; ++count) {
    const auto outcome = launch(shell("echo hello"));
    ASSERT_EQ(outcome.answer, "hello\n");
    ASSERT_FALSE(outcome.failure);
  }
  auto bad = shell("");
  bad.server = "/nonexistent/server";
  EXPECT_TRUE(launch(bad).failure);
}

TEST_P(LauncherTest, DoesNotTouchOurErrno) {
  auto bad = shell("");
  bad.server = "/nonexistent/server";
  errno = EDOM;
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  const base::Fd client(pair[0]);
  LaunchRequest request;
  request.plan = Plan::make(bad, ourselves()).value();
  request.connection = base::Fd(pair[1]);
  errno = EDOM;
  const auto launched = launcher_->launch(request);
  ASSERT_TRUE(launched);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(launched->pid), &info, WEXITED), 0);
  EXPECT_EQ(errno, EDOM);
  EXPECT_TRUE(launcher_->failure(*launched));
}

INSTANTIATE_TEST_SUITE_P(Methods, LauncherTest, testing::Values(LaunchMethod::clone, LaunchMethod::fork),
                         [](const auto& method) { return std::string(base::name_of(method.param)); });

}  // namespace
}  // namespace porterd::spawn
