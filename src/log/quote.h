// SPDX-License-Identifier: Apache-2.0
//
// Values as they stand in a log line. Whatever a client or a server wrote comes out as one value on one line: nothing
// in it can end the line, end the value, or steer a terminal.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

namespace porterd::log {

/// Where lines are made. Most of them fit without an allocation.
using Buffer = fmt::basic_memory_buffer<char, 1024>;

void append(Buffer& out, std::string_view text);

enum class Quotes {
  always,
  when_needed,
  never,  ///< for what is the whole line; what would end it or steer a terminal is escaped all the same
};

/// For key=value lines: plain when it consists of printable ASCII without blanks, quotes, '=' and '\', else in double
/// quotes. Control characters come out as \n, \r, \t, \xNN or \u{N}, bytes that are not UTF-8 as \xNN. `out` does not
/// grow beyond `limit` bytes: what does not fit is replaced by "...". At least 5 bytes must be left.
void append_value(Buffer& out, std::string_view value, Quotes quotes, std::size_t limit);

/// A JSON string (RFC 8259 section 7) with its quotes. Bytes that are not UTF-8 come out as U+FFFD. `limit` as above.
void append_json(Buffer& out, std::string_view value, std::size_t limit);

}  // namespace porterd::log
