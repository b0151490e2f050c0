// SPDX-License-Identifier: Apache-2.0
#include "config/inetd_dialect.h"

#include <iterator>

namespace porterd::config {
namespace {

using Quotes = InetdRules::Quotes;

// In the order of InetdDialect.
constexpr InetdRules kRules[] = {
    {.quotes = Quotes::doubtful,
     .is_plain_ipv4 = false,
     .wait_separators = ".:/",
     .ignores_wait_suffix = false,
     .group_separators = ":.",
     .has_login_class = true,
     .has_blocks = true,
     .cps = "256/m",
     .cps_wait = "10m",
     .environment = "laundered"},
    {.wait_separators = "",
     .ignores_wait_suffix = false,
     .group_separators = ".",
     .cps = "50/s",
     .cps_wait = "10s",
     .connection_env = "remote_host"},
    {.quotes = Quotes::removed,
     .wait_separators = "/",
     .group_separators = ":",
     .has_login_class = true,
     .cps = "256/m",
     .cps_wait = "10m",
     .most_arguments = 20,
     .local_mode = "0200"},
    {.quotes = Quotes::removed,
     .wait_separators = ".:",
     .group_separators = ":.",
     .has_blocks = true,
     .cps = "40/m",
     .cps_wait = "10m",
     .most_arguments = 20},
    {.is_plain_ipv4 = false,
     .wait_separators = ".",
     .group_separators = ":.",
     .cps = "256/m",
     .cps_wait = "10m",
     .most_arguments = 20,
     .environment = "laundered"},
    {.quotes = Quotes::removed,
     .joins_lines = false,
     .is_plain_ipv4 = false,
     .is_6_both = true,
     .wait_separators = ".",
     .group_separators = ":.",
     .cps = "1000/m",
     .cps_wait = "10m"},
};
static_assert(std::size(kRules) == std::size(kInetdDialectNames));

}  // namespace

const InetdRules& rules_of(InetdDialect dialect) { return kRules[static_cast<std::size_t>(dialect)]; }

}  // namespace porterd::config
