// SPDX-License-Identifier: Apache-2.0
//
// What sinks share whose way out may be full or gone: they count what they lose and say so when they can.
#pragma once

#include <cstdint>

#include "log/sink.h"

namespace porterd::log {

class LossySink : public Sink {
 public:
  void write(const Record& record) final;
  [[nodiscard]] bool has_pending() const final { return lost_ > 0; }
  /// Tries to report what was lost: `log_lost lines=N`. write() does so too, at most once a second: the report is
  /// shorter than most records and would fit where they do not, again and again.
  void flush(base::WallTime now) final;

 private:
  /// Writes one record at once or not at all; false when it is lost.
  [[nodiscard]] virtual bool deliver(const Record& record) = 0;

  std::int64_t lost_ = 0;
  base::WallTime reported_;  ///< when it was last tried
};

}  // namespace porterd::log
