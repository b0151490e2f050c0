// SPDX-License-Identifier: Apache-2.0
//
// What makes each built-in; defined in the file of its name, used by the table in builtin.cpp only.
#pragma once

#include <memory>

#include "worker/builtin.h"

namespace porterd::worker {

/// RFC 862: what comes goes back.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_echo(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_echo_datagram(const BuiltinSettings& settings);
/// RFC 863: what comes is thrown away.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_discard(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_discard_datagram(const BuiltinSettings& settings);
/// RFC 864: lines of 72 characters, each beginning one character further on, until the client goes; as a datagram, one.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_chargen(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_chargen_datagram(const BuiltinSettings& settings);
/// RFC 867: the local time as text. It asks localtime_r(3), so tzset(3) must have been called before the process was
/// confined.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_daytime(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_daytime_datagram(const BuiltinSettings& settings);
/// RFC 868: seconds since 1900, 32 bits in network order.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_time(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_time_datagram(const BuiltinSettings& settings);
/// RFC 865: one of the quotations; as a datagram, at most 512 bytes of it.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_qotd(const BuiltinSettings& settings);
[[nodiscard]] std::unique_ptr<DatagramBuiltin> make_qotd_datagram(const BuiltinSettings& settings);
/// A fixed answer, see BuiltinSettings.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_respond(const BuiltinSettings& settings);

}  // namespace porterd::worker
