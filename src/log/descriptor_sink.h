// SPDX-License-Identifier: Apache-2.0
//
// Lines to a descriptor, usually standard error.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "log/form.h"
#include "log/line_output.h"
#include "log/lossy_sink.h"

namespace porterd::log {

/// What stands before a line in text form. JSON has time and level within.
enum class Prefix : std::uint8_t {
  time,      ///< append_time() and a blank
  priority,  ///< "<6>", which journald takes off standard error and keeps, sd-daemon(3)
};

/// The prefix for a shared descriptor: `priority` when `journal_stream` (the variable JOURNAL_STREAM, null when not
/// set) names it, systemd.exec(5).
[[nodiscard]] Prefix prefix_for(int descriptor, const char* journal_stream);

/// Makes a whole line with its end, at most kLongestLine bytes. Nothing where `format` has no line for the record.
void append_line(Buffer& out, const Record& record, Format format, Prefix prefix);

class DescriptorSink final : public LossySink {
 public:
  DescriptorSink(LineOutput output, Format format, Prefix prefix)
      : output_(std::move(output)), format_(format), prefix_(prefix) {}

 private:
  bool deliver(const Record& record) override;

  LineOutput output_;
  Format format_;
  Prefix prefix_;
};

}  // namespace porterd::log
