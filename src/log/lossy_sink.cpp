// SPDX-License-Identifier: Apache-2.0
#include "log/lossy_sink.h"

namespace porterd::log {

void LossySink::write(const Record& record) {
  flush(record.time);
  if (lost_ > 0 || !deliver(record)) ++lost_;
}

void LossySink::flush(base::WallTime now) {
  if (lost_ == 0) return;
  const Field fields[] = {{"lines", lost_}};
  if (deliver({base::Level::warning, now, Message{"log_lost", {}, fields, {}}})) lost_ = 0;
}

}  // namespace porterd::log
