// SPDX-License-Identifier: Apache-2.0
#include "client_socket.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace bench {
namespace {

int connect_to_target(int fd, const Options& options) {
  return connect(fd, reinterpret_cast<const sockaddr*>(&options.target), sizeof options.target);
}

}  // namespace

Started start_connect(const Options& options) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {.error = errno};
  if (connect_to_target(fd, options) == 0) return {.fd = fd, .is_connected = true};
  if (errno == EINPROGRESS) return {.fd = fd};
  const int error = errno;
  close(fd);
  return {.error = error};
}

std::vector<int> connect_all(const Options& options) {
  std::vector<int> sockets;
  for (int made = 0; made < options.clients; ++made) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) break;
    if (connect_to_target(fd, options) != 0) {
      close(fd);
      break;
    }
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    sockets.push_back(fd);
  }
  return sockets;
}

int datagram_socket(const Options& options) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect_to_target(fd, options) != 0) {
    std::perror("load: datagram socket");
    std::exit(1);
  }
  return fd;
}

void close_hard(int fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

Poll::Poll() : fd_(epoll_create1(EPOLL_CLOEXEC)), events_(1024) {}

int Poll::wait(int milliseconds) {
  return epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()), milliseconds);
}

void Poll::control(int operation, int fd, std::uint32_t index, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u32 = index;
  epoll_ctl(fd_, operation, fd, &event);
}

}  // namespace bench
