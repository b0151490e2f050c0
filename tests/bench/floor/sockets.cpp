// SPDX-License-Identifier: Apache-2.0
#include "sockets.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <cstdio>
#include <cstdlib>

namespace bench {

void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int bound_socket(const Options& options, std::uint16_t port, int type) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(options.host);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (type == SOCK_STREAM && listen(fd, 65535) != 0) fail("listen");
  return fd;
}

Poll::Poll() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}

void Poll::add(int fd, std::uint64_t mark) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = mark;
  if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void Poll::add_edges(int fd, void* mark) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET);
  event.data.ptr = mark;
  if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

}  // namespace bench
