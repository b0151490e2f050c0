// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin.h"

#include <algorithm>
#include <array>

#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

constexpr std::array kBuiltins{
    BuiltinRow{"chargen", "sends lines of characters without end (RFC 864)", &make_chargen, &make_chargen_datagram},
    BuiltinRow{"daytime", "tells the local time as text (RFC 867)", &make_daytime, &make_daytime_datagram},
    BuiltinRow{"discard", "throws away what it gets (RFC 863)", &make_discard, &make_discard_datagram},
    BuiltinRow{"echo", "sends back what it gets (RFC 862)", &make_echo, &make_echo_datagram},
    BuiltinRow{"qotd", "tells a quotation (RFC 865)", &make_qotd, &make_qotd_datagram},
    BuiltinRow{"respond", "gives a fixed answer, for health checks", &make_respond, nullptr},
    BuiltinRow{"time", "tells the seconds since 1900 in binary (RFC 868)", &make_time, &make_time_datagram},
};

}  // namespace

std::span<const BuiltinRow> builtins() { return kBuiltins; }

const BuiltinRow* find_builtin(std::string_view name) {
  const auto* row = std::ranges::find(kBuiltins, name, &BuiltinRow::name);
  return row == kBuiltins.end() ? nullptr : row;
}

Wish StreamBuiltin::take(std::string_view /*bytes*/, std::string& /*out*/) { return Wish::take; }
Wish StreamBuiltin::produce(std::string& /*out*/) { return Wish::finish; }
Wish StreamBuiltin::end(std::string& /*out*/) { return Wish::finish; }

}  // namespace porterd::worker
