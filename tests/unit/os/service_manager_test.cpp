// SPDX-License-Identifier: Apache-2.0
#include "os/service_manager.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "os/socket.h"

namespace porterd::os {
namespace {

class ManagerSocket : public testing::Test {
 protected:
  void SetUp() override {
    auto socket = bind_socket(
        {.address = base::UnixAddress{.name = "porterd-test-" + std::to_string(::getpid()), .is_abstract = true},
         .type = SOCK_DGRAM,
         .device = {}});
    ASSERT_TRUE(socket);
    socket_ = std::move(*socket);
    ::setenv("NOTIFY_SOCKET", ("@porterd-test-" + std::to_string(::getpid())).c_str(), 1);
  }
  void TearDown() override { ::unsetenv("NOTIFY_SOCKET"); }
  std::string received() {
    char text[256];
    const auto bytes = ::recv(socket_.number(), text, sizeof text, MSG_DONTWAIT);
    return bytes < 0 ? "" : std::string(text, static_cast<std::size_t>(bytes));
  }
  base::Fd socket_;
};

TEST_F(ManagerSocket, HearsReadyWithAStatus) {
  auto manager = ServiceManager::from_environment();
  manager.ready("3 services");
  EXPECT_EQ(received(), "READY=1\nSTATUS=3 services");
}

TEST_F(ManagerSocket, HearsWhenAReloadBegan) {
  auto manager = ServiceManager::from_environment();
  manager.reloading();
  EXPECT_TRUE(received().starts_with("RELOADING=1\nMONOTONIC_USEC="));
}

TEST_F(ManagerSocket, ItsVariableIsNotLeftForServices) {
  const auto manager = ServiceManager::from_environment();
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
}

TEST_F(ManagerSocket, WatchdogWantsToHearTwiceAsOften) {
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  const auto manager = ServiceManager::from_environment();
  EXPECT_EQ(manager.watchdog_interval(), std::chrono::microseconds(1'500'000));
}

TEST_F(ManagerSocket, WatchdogOfAnotherProcessIsNotOurs) {
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManager::from_environment().watchdog_interval());
}

TEST(ServiceManager, WithoutASocketSaysNothing) {
  auto manager = ServiceManager::from_environment();
  manager.ready("nobody hears");
  EXPECT_FALSE(manager.watchdog_interval());
}

TEST(InheritedSockets, AreTakenWhenTheyAreForUs) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int pair = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (pair != 3) ::dup2(pair, 3);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    const auto sockets = take_inherited_sockets();
    const bool is_good = sockets.size() == 1 && ::fcntl(sockets[0].number(), F_GETFD) == FD_CLOEXEC &&
                         std::getenv("LISTEN_FDS") == nullptr;
    ::_exit(is_good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(InheritedSockets, OfAnotherProcessAreLeftAlone) {
  ::setenv("LISTEN_PID", "1", 1);
  ::setenv("LISTEN_FDS", "1", 1);
  EXPECT_TRUE(take_inherited_sockets().empty());
}

}  // namespace
}  // namespace porterd::os
