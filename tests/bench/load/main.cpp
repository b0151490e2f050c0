// SPDX-License-Identifier: Apache-2.0
//
// The load generator: load [--host ADDRESS] --port PORT [OPTION…] MODE. One bounded run, one JSON object on standard
// output. Latencies are in microseconds.
//
//   connections  --clients --count --seconds [--expect TEXT | --refused | --bytes AT-LEAST] [--send TEXT
//   [--half-close]] hold         --clients --count --seconds --expect TEXT: prints, and keeps all until standard input
//   ends echo         --clients --bytes EACH --block --seconds round-trips  --clients --count --block --seconds
//   datagrams    --clients IN-FLIGHT --count --block --seconds
//   requests     --count --seconds: one datagram after the other
//   source       --bytes EACH --seconds: a server, for relays to lead to
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "connections.h"
#include "datagrams.h"
#include "held_connections.h"
#include "options.h"
#include "streams.h"

namespace {

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

struct Mode {
  const char* name;
  void (*run)(const bench::Options&);
};

constexpr Mode kModes[] = {
    {"connections", [](const bench::Options& options) { bench::Connections(options).run(); }},
    {"hold", &bench::hold_connections},
    {"echo", &bench::run_echo},
    {"round-trips", &bench::run_round_trips},
    {"datagrams", &bench::run_datagrams},
    {"requests", &bench::run_requests},
    {"source", &bench::run_source},
};

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options = bench::parse_options(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  for (const Mode& mode : kModes)
    if (options.mode == mode.name) return mode.run(options), 0;
  std::fprintf(stderr, "load: no mode %s\n", options.mode.c_str());
  return 2;
}
