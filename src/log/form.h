// SPDX-License-Identifier: Apache-2.0
//
// Records as lines. Two forms with the same fields, and those of xinetd, which have less (xinetd_form.h):
//   text  start service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 pid=123
//   JSON  {"time":"2026-11-22T06:09:10.123Z","level":"info","event":"start","service":"finger",…}
// A line never contains a line end, is valid UTF-8 and (JSON) a valid object, whatever a service or a client wrote.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "log/quote.h"
#include "log/record.h"

namespace porterd::log {

enum class Format : std::uint8_t {
  text,
  json,
  xinetd,         ///< xinetd_form.h
  xinetd_mapped,  ///< the same, with IPv4 addresses as ::ffff:192.0.2.1
};
/// Whether it is one of xinetd's forms.
constexpr bool is_xinetd(Format format) { return format >= Format::xinetd; }

/// The longest line that is written, its end included: PIPE_BUF, so that lines of several writers stay whole (pipe(7)).
inline constexpr std::size_t kLongestLine = 4096;

/// "2026-11-22T06:09:10.123Z", UTC.
void append_time(Buffer& out, base::WallTime time);

/// "0.012", with microseconds where there are some: "0.000345". Negative time is shown as none.
void append_seconds(Buffer& out, std::chrono::microseconds value);

/// The record in text form, without time and level. Long values are cut, and fields left out, so that `out` stays
/// within `limit` bytes.
void append_text(Buffer& out, const Record& record, std::size_t limit = kLongestLine - 1);

/// The record as a JSON object; `limit` as above, at least 200 bytes more than `out` has.
void append_json(Buffer& out, const Record& record, std::size_t limit = kLongestLine - 1);

}  // namespace porterd::log
