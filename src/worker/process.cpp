// SPDX-License-Identifier: Apache-2.0
#include "worker/process.h"

#include <unistd.h>

#include <csignal>
#include <ctime>

#include "worker/sandbox.h"

namespace porterd::worker {

int run_worker(BuiltinFinder finder) {
  constexpr int kFailed = 1;
  constexpr int kNonsense = 3;
  ::signal(SIGPIPE, SIG_IGN);  // splice(2) knows no MSG_NOSIGNAL
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  auto loop = event::Loop::make();
  if (!loop) return kFailed;
  const auto resolver = event::Resolver::make(*loop);
  ::tzset();  // reads a file, the last one
  Server server(*loop, resolver ? resolver->get() : nullptr, base::Fd(STDIN_FILENO), finder);
  server.start(shut_in());
  loop->run();
  return server.has_met_nonsense() ? kNonsense : 0;
}

}  // namespace porterd::worker
