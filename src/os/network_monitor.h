// SPDX-License-Identifier: Apache-2.0
//
// Tells when an address or interface appears on this machine (rtnetlink(7)), so that a listener whose address
// was not there can try again.
#pragma once

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Readable when an address was added or a link changed.
class NetworkMonitor {
 public:
  [[nodiscard]] static base::Result<NetworkMonitor> open();

  [[nodiscard]] int number() const { return socket_.number(); }
  /// Throws away what has come; its content does not matter, since one simply tries again.
  void drain();

 private:
  explicit NetworkMonitor(base::Fd socket) : socket_(std::move(socket)) {}
  base::Fd socket_;
};

}  // namespace porterd::os
