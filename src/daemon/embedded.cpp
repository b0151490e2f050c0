// SPDX-License-Identifier: Apache-2.0
#include "daemon/embedded.h"

namespace porterd::daemon {

const char kDemoConfig[] = R"(# What porterd --demo serves. Copy a service into a file of its own in conf.d/ to begin with.
log_type: stderr
defaults:
  instances: 50
services:
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

const char kDemoWords[] =
    "porterd serves an example on 127.0.0.1. From another terminal:\n"
    "  bash -c 'cat < /dev/tcp/127.0.0.1/7001'   a greeting from /bin/sh, started for you\n"
    "  bash -c 'cat < /dev/tcp/127.0.0.1/7013'   the time, from /bin/date\n"
    "  nc 127.0.0.1 7007                         /bin/cat sends back what you type\n"
    "Watch the log below; Ctrl-C stops.\n";

}  // namespace porterd::daemon
