// SPDX-License-Identifier: Apache-2.0
//
// What the kernel itself costs: the least that a super-daemon could do, without configuration, access control or log.
// porterd is measured against it. floor --port PORT [OPTION…] MODE [PROGRAM [ARGUMENT…]]
//
//   vfork        accept, vfork, execve PROGRAM                [--epoll] [--reap wait]
//   clone-vm     the same without waiting for the exec        [--epoll] [--reap wait|pidfd]
//   clone-files  the same at a cost that other descriptors do not add to
//                                                             [--epoll] [--reap wait|pidfd]
//   refuse       accept, close                                [--epoll]
//   answer       accept, write a line, close: no process      [--epoll]
//   relay        to --target PORT, by splice
//   echo, datagrams: send back what comes
//   wait         launch PROGRAM on a datagram socket and wait for its end
//
// --listeners N --first PORT: with --epoll, N more listening sockets.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "accepting.h"
#include "launch.h"
#include "options.h"
#include "streams.h"

namespace {

using bench::Options;

struct Mode {
  const char* name;
  void (*run)(const Options&);
};

constexpr Mode kModes[] = {
    {"vfork", [](const Options& options) { bench::launch_for_each(options, &bench::launch_vfork); }},
    {"clone-vm", [](const Options& options) { bench::launch_for_each(options, &bench::launch_clone_vm); }},
    {"clone-files", [](const Options& options) { bench::launch_for_each(options, &bench::launch_clone_files); }},
    {"refuse", &bench::refuse_each},
    {"answer", &bench::answer_each},
    {"relay", &bench::relay},
    {"echo", &bench::echo},
    {"datagrams", &bench::echo_datagrams},
    {"wait", &bench::wait_for_datagrams},
};

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = bench::parse_options(argc, argv);
  if (options.service[0] == nullptr) std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  for (const Mode& mode : kModes)
    if (options.mode == mode.name) mode.run(options);
  std::fprintf(stderr, "floor: no mode %s\n", options.mode.c_str());
  return 2;
}
