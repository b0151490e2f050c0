// SPDX-License-Identifier: Apache-2.0
#include "os/path_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

#include "os/descriptors.h"

namespace porterd::os {

base::Result<PathWatch> PathWatch::open() {
  base::Fd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events.is_open()) return base::failure_errno("inotify");
  return PathWatch(move_high(std::move(events)));
}

base::Status PathWatch::watch(const std::string& path) {
  if (watched_ >= 0) ::inotify_rm_watch(events_.number(), watched_);  // fails when what it was has gone
  drain();
  // A name that goes changes the count of links, which comes as IN_ATTRIB while somebody has the file open.
  watched_ = ::inotify_add_watch(events_.number(), path.c_str(), IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);
  if (watched_ < 0) return base::failure_errno("watch " + path);
  return {};
}

void PathWatch::drain() {
  std::array<char, 4096> ignored;
  while (::read(events_.number(), ignored.data(), ignored.size()) > 0) {
  }
}

}  // namespace porterd::os
