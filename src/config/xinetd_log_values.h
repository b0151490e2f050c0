// SPDX-License-Identifier: Apache-2.0
//
// Values of xinetd.conf about logs.
#pragma once

#include "config/xinetd_values.h"

namespace porterd::config {

[[nodiscard]] Parsed<Value> read_xinetd_log_type(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_log_on_success(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_log_on_failure(const XinetdAssignment& line, const Context& context);

/// Bytes of `64`, `64k`, `64K`, `1m` or `1M`, xinetd's only suffixes; nothing for anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_xinetd_size(std::string_view text);

}  // namespace porterd::config
