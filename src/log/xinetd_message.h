// SPDX-License-Identifier: Apache-2.0
//
// What porterd has to say, in the words of xinetd's main log. Part of xinetd_form.h, where date, name and level are
// made.
#pragma once

#include "log/quote.h"
#include "log/record.h"

namespace porterd::log {

/// False for what xinetd does not say.
[[nodiscard]] bool has_xinetd_line(const Message& message);
/// The level that xinetd gives it, where `level` is ours.
[[nodiscard]] base::Level xinetd_level(const Message& message, base::Level level);

/// These append a line's text, not beyond `limit` bytes in `out`.
void append_xinetd_message(Buffer& out, const Message& message, const Record& record, std::size_t limit);
void append_xinetd_failure(Buffer& out, const SessionFailure& failure, std::size_t limit);
void append_xinetd_output(Buffer& out, const ServerOutput& output, std::size_t limit);

}  // namespace porterd::log
