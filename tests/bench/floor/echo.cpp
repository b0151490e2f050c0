// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "launch.h"
#include "sockets.h"
#include "streams.h"

namespace bench {
namespace {

char g_buffer[65536];

// Connections block, for at most two seconds, when they take nothing: reading says that it does not want to wait.
void accept_all(const Poll& poll, int listener) {
  for (int connection = 0; (connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    poll.add_input(connection);
  }
}

void send_back(int connection) {
  const ssize_t got = recv(connection, g_buffer, sizeof g_buffer, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0 || send(connection, g_buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL) < got) close(connection);
}

}  // namespace

void echo(const Options& options) {
  const Poll poll;
  const int listener = bound_socket(options, options.port);
  fcntl(listener, F_SETFL, O_NONBLOCK);
  poll.add_input(listener);
  for (epoll_event events[128];;) {
    const int ready = epoll_wait(poll.descriptor(), events, 128, -1);
    for (int position = 0; position < ready; ++position) {
      const int fd = static_cast<int>(events[position].data.u64);
      fd == listener ? accept_all(poll, listener) : send_back(fd);
    }
  }
}

void echo_datagrams(const Options& options) {
  for (const int fd = bound_socket(options, options.port, SOCK_DGRAM);;) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    auto* address = reinterpret_cast<sockaddr*>(&peer);
    const ssize_t got = recvfrom(fd, g_buffer, sizeof g_buffer, 0, address, &length);
    if (got >= 0) sendto(fd, g_buffer, static_cast<std::size_t>(got), 0, address, length);
  }
}

void wait_for_datagrams(const Options& options) {
  std::signal(SIGCHLD, SIG_DFL);
  for (const int fd = bound_socket(options, options.port, SOCK_DGRAM);;) {
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, -1) <= 0) continue;
    const Launched launched = launch_vfork(options, fd);
    while (waitpid(static_cast<pid_t>(launched.pid), nullptr, 0) < 0 && errno == EINTR) continue;
  }
}

}  // namespace bench
