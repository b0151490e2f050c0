// SPDX-License-Identifier: Apache-2.0
//
// Values of xinetd.conf that limit something: who gets in, how many, when, and what a server may use.
#pragma once

#include "config/xinetd_values.h"

namespace porterd::config {

/// only_from: what xinetd cannot parse lets nobody in …
[[nodiscard]] Parsed<Value> read_xinetd_only_from(const XinetdAssignment& line, const Context& context);
/// … but what it cannot parse in no_access would refuse nobody, and is rejected here.
[[nodiscard]] Parsed<Value> read_xinetd_no_access(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_access_times(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_instances(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_per_source(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_cps(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_max_load(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_deny_time(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_umask(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_nice(const XinetdAssignment& line, const Context& context);
/// A size or a number for setrlimit(2), or nothing (an empty value) for 0, which xinetd does not apply.
[[nodiscard]] Parsed<Value> read_xinetd_size_limit(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_cpu_limit(const XinetdAssignment& line, const Context& context);

/// `cps` with these numbers; 0 connections means no limit.
[[nodiscard]] Value xinetd_rate(std::uint32_t connections, std::uint32_t seconds, const Location& where);

}  // namespace porterd::config
