// SPDX-License-Identifier: Apache-2.0
//
// The command line of the load generator. Every run is bounded, by a count and by a time.
#pragma once

#include <netinet/in.h>

#include <string>

namespace bench {

/// One run. Which of the fields count for a mode is said in main.cpp.
struct Options {
  std::string mode;
  sockaddr_in target{};      ///< 127.0.0.1 and the port; never an address outside of 127.0.0.0/8
  int clients = 1;           ///< connections, or datagrams, at a time
  long count = 1'000'000;    ///< connections, round trips or datagrams after which the run ends
  double seconds = 5;        ///< after which the run ends as well
  double patience = 3;       ///< seconds after which a connection or datagram is given up
  bool has_expect = false;   ///< whether answers are compared
  std::string expect;        ///< the whole answer
  std::string send;          ///< what a client sends at once
  bool half_closes = false;  ///< whether the client shuts its side down after sending
  bool is_refused = false;   ///< whether connections must end without a byte
  long bytes = 0;            ///< bytes of a connection
  long block = 65536;        ///< bytes of one write, message or datagram
};

/// Reads the command line; on a mistake says so on standard error and ends the program with status 2.
Options parse_options(int argc, char** argv);

}  // namespace bench
