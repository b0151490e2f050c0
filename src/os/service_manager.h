// SPDX-License-Identifier: Apache-2.0
//
// The service manager's side of us: sockets that come in by LISTEN_FDS (sd_listen_fds(3)) and the notifications that go
// out (sd_notify(3)). Both are a few words, written here on purpose: libsystemd would be the largest library in a
// process whose point is to be small.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Takes the sockets that were passed to this process, and the variables out of the environment, so that no service
/// takes them for its own. Empty when LISTEN_PID is not ours. They are made CLOEXEC and non-blocking.
[[nodiscard]] std::vector<base::Fd> take_inherited_sockets();

/// The way to the service manager.
class ServiceManager {
 public:
  /// From NOTIFY_SOCKET and WATCHDOG_USEC, which leave the environment. Without them every call does nothing.
  [[nodiscard]] static ServiceManager from_environment();

  /// Sends one or more lines "KEY=value".
  void notify(std::string_view state);
  void ready(std::string_view status);
  /// With MONOTONIC_USEC, as Type=notify-reload asks.
  void reloading();
  void stopping();
  void watchdog();
  /// How often the watchdog wants to hear from us: half of WATCHDOG_USEC.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const { return watchdog_interval_; }

 private:
  std::string path_;  ///< "@…" for an abstract name
  base::Fd socket_;
  std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace porterd::os
