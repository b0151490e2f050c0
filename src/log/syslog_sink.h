// SPDX-License-Identifier: Apache-2.0
//
// The local syslog daemon, in the form that syslog(3) writes: "<30>Nov 22 06:09:10 porterd[17]: start service=…".
// By hand, because syslog(3) waits when the daemon's queue is full and holds a lock of the C library.
#pragma once

#include <string>

#include "log/local_datagram.h"
#include "log/lossy_sink.h"

namespace porterd::log {

/// The priority (0-7) under which a record goes to syslog or journal: `success` for starts and ends, else its level's.
/// In xinetd's form `success` is that of refusals too.
[[nodiscard]] int priority_of(const Record& record, int success, Format format);

class SyslogSink final : public LossySink {
 public:
  /// `target.path` defaults to /dev/log.
  SyslogSink(const Target& target, Format format);

 private:
  bool deliver(const Record& record) override;

  LocalDatagram socket_;
  std::string name_;
  int facility_;
  int success_;
  Format format_;
};

}  // namespace porterd::log
