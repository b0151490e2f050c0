// SPDX-License-Identifier: Apache-2.0
//
// Sockets of clients.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <vector>

#include "options.h"

namespace bench {

/// A connection on its way: error is 0 or the errno for which there is no descriptor.
struct Started {
  int fd = -1;
  bool is_connected = false;
  int error = 0;
};

/// Begins to connect without waiting.
Started start_connect(const Options& options);

/// Connects `options.clients` non-blocking sockets with TCP_NODELAY; fewer if one fails.
std::vector<int> connect_all(const Options& options);

/// A connected datagram socket, or the program ends.
int datagram_socket(const Options& options);

/// Closes with a reset, so that neither side keeps a TIME_WAIT that a later run would meet.
void close_hard(int fd);

/// An epoll instance whose events carry an index.
class Poll {
 public:
  Poll();
  void add(int fd, std::uint32_t index, std::uint32_t events) const { control(EPOLL_CTL_ADD, fd, index, events); }
  void change(int fd, std::uint32_t index, std::uint32_t events) const { control(EPOLL_CTL_MOD, fd, index, events); }
  void remove(int fd) const { control(EPOLL_CTL_DEL, fd, 0, 0); }
  /// Waits for at most that long; the events stand in events() until the next call.
  int wait(int milliseconds);
  [[nodiscard]] const epoll_event& operator[](int position) const {
    return events_[static_cast<std::size_t>(position)];
  }

 private:
  void control(int operation, int fd, std::uint32_t index, std::uint32_t events) const;

  int fd_;
  std::vector<epoll_event> events_;
};

}  // namespace bench
