// SPDX-License-Identifier: Apache-2.0
//
// Datagrams to a UNIX socket of a logger (/dev/log, journald's) that may come, go and come back. Never waits.
#pragma once

#include <sys/uio.h>

#include <span>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace porterd::log {

class LocalDatagram {
 public:
  explicit LocalDatagram(std::string path) : path_(std::move(path)) {}

  /// Connects now if the logger is there, so that the first datagram finds everything ready. Load time.
  void open();

  /// Sends one datagram, with a copy of the descriptor `attached` if it is not -1. Connects first where needed, and
  /// once more when the logger was restarted. 0 or an errno value; EAGAIN when its queue is full.
  [[nodiscard]] int send(std::string_view datagram, int attached = -1);

 private:
  [[nodiscard]] int connect();

  std::string path_;
  base::Fd fd_;
};

}  // namespace porterd::log
