// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "options.h"

namespace bench {

/// A bound socket of options.host, with SO_REUSEADDR, listening with the longest backlog if it is a stream one. The
/// program ends if that is not possible.
int bound_socket(const Options& options, std::uint16_t port, int type = SOCK_STREAM);

/// Ends the program with the reason that errno gives.
[[noreturn]] void fail(const char* what);

/// An epoll instance; what is watched for input is known by its descriptor.
class Poll {
 public:
  Poll();
  void add(int fd, std::uint64_t mark) const;
  void add_input(int fd) const { add(fd, static_cast<std::uint64_t>(fd)); }
  /// For both directions, by edges; the mark comes back with the event.
  void add_edges(int fd, void* mark) const;
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  int fd_;
};

}  // namespace bench
