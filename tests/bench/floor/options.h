// SPDX-License-Identifier: Apache-2.0
//
// The command line of the floor program.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

namespace bench {

/// How ended children are collected.
enum class Reaping : std::uint8_t {
  none,   ///< the kernel does it (SIGCHLD is ignored)
  wait,   ///< waitpid(-1) after each launch, until no child is left that has ended
  pidfd,  ///< each child's pidfd in the epoll set; only with epoll
};

struct Options {
  std::string mode;
  std::uint32_t host = INADDR_LOOPBACK;
  std::uint16_t port = 0;
  bool uses_epoll = false;  ///< epoll_wait and a non-blocking accept, instead of a blocking accept
  Reaping reaping = Reaping::none;
  int more_listeners = 0;  ///< at the ports from first_port on, in the epoll set
  std::uint16_t first_port = 0;
  std::uint16_t target_port = 0;  ///< where relay leads to
  char** service = nullptr;       ///< argument vector of what is launched, ends with nullptr
};

/// Reads the command line; on a mistake says so on standard error and ends the program with status 2.
Options parse_options(int argc, char** argv);

}  // namespace bench
