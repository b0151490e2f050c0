// SPDX-License-Identifier: Apache-2.0
#include "daemon/embedded.h"

namespace porterd::daemon {
namespace {

constexpr char kServices[] = R"(services:
  - service: hello
    listen: "127.0.0.1:7001"
    server: /bin/sh
    server_args: ["-c", "echo \"Hello, $REMOTE_HOST. You came from port $REMOTE_PORT; I am process $$, made for you.\""]
  - service: date
    listen: "127.0.0.1:7013"
    server: /bin/date
  - service: cat
    listen: "127.0.0.1:7007"
    server: /bin/cat
    per_source: 5
)";

}  // namespace

std::string demo_config(uid_t our_uid) {
  std::string text = "log_type: stderr\ndefaults:\n  instances: 50\n";
  if (our_uid == 0) text += "  user: nobody\n";
  return text + kServices;
}

const char kDemoWords[] =
    "porterd serves an example on 127.0.0.1. From another terminal:\n"
    "  bash -c 'cat < /dev/tcp/127.0.0.1/7001'   a greeting from /bin/sh, started for you\n"
    "  bash -c 'cat < /dev/tcp/127.0.0.1/7013'   the time, from /bin/date\n"
    "  nc 127.0.0.1 7007                         /bin/cat sends back what you type\n"
    "Watch the log below; Ctrl-C stops.\n";

}  // namespace porterd::daemon
