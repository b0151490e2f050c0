// SPDX-License-Identifier: Apache-2.0
#include "log/lossy_sink.h"

namespace porterd::log {
namespace {

constexpr std::chrono::seconds kPeriod{1};

}  // namespace

void LossySink::write(const Record& record) {
  const bool is_due = record.time < reported_ || record.time - reported_ >= kPeriod;
  if (lost_ > 0 && is_due) flush(record.time);
  if (!deliver(record)) ++lost_;
}

void LossySink::flush(base::WallTime now) {
  if (lost_ == 0) return;
  reported_ = now;
  const Field fields[] = {{"lines", lost_}};
  if (deliver({base::Level::warning, now, Message{"log_lost", {}, fields, {}}})) lost_ = 0;
}

}  // namespace porterd::log
