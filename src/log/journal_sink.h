// SPDX-License-Identifier: Apache-2.0
//
// journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): MESSAGE is the text form or xinetd's; PRIORITY,
// SYSLOG_IDENTIFIER, PORTERD_EVENT, and each field as PORTERD_SERVICE, PORTERD_CONN, … in full length and as it was,
// for `journalctl PORTERD_SERVICE=x`.
#pragma once

#include <string>

#include "log/local_datagram.h"
#include "log/lossy_sink.h"

namespace porterd::log {

class JournalSink final : public LossySink {
 public:
  /// `target.path` defaults to /run/systemd/journal/socket.
  JournalSink(const Target& target, Format format);

 private:
  bool deliver(const Record& record) override;

  LocalDatagram socket_;
  std::string name_;
  int success_;
  Format format_;
};

}  // namespace porterd::log
