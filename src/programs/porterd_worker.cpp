// SPDX-License-Identifier: Apache-2.0
//
// The process that reads what clients send. Only porterd starts it: descriptor 0 is the channel between them.
#include <cstdio>
#include <string_view>

#include "os/socket.h"
#include "worker/process.h"
#include "worker/wire.h"

#ifdef PORTERD_SANITIZED
// LeakSanitizer's tracer is not let into a process that has shut itself in.
extern "C" int __lsan_is_turned_off() { return 1; }  // NOLINT(bugprone-reserved-identifier): LeakSanitizer's name
#endif

int main(int count, char** arguments) {
  using namespace porterd;
  constexpr int kMisused = 2;
  const auto type = os::socket_type(0);
  if (count != 2 || !type || *type != SOCK_SEQPACKET) {
    std::fputs("porterd-worker is a part of porterd, which starts it when it is needed; see porterd(8)\n", stderr);
    return kMisused;
  }
  if (std::string_view(arguments[1]) != worker::kWireVersion) {
    std::fputs("this porterd-worker is not of the porterd that runs: restart porterd\n", stderr);
    return kMisused;
  }
  return worker::run_worker(&worker::find_builtin);
}
