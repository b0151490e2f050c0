// SPDX-License-Identifier: Apache-2.0
//
// Values of xinetd.conf, checked as xinetd checks them and turned into what porterd's own attribute of that meaning
// takes. A rejection is what xinetd calls "Error parsing attribute": it disables the service.
#pragma once

#include <string>

#include "config/codec.h"
#include "config/xinetd_text.h"

namespace porterd::config {

/// Of the values of one attribute line. Where xinetd wants an exact number of values, so many are there.
using XinetdRead = Parsed<Value> (*)(const XinetdAssignment& line, const Context& context);

/// A plain value that stands at a word's place …
[[nodiscard]] Value xinetd_plain(const XinetdWord& word, std::string text);
/// … one that is never taken for a keyword …
[[nodiscard]] Value xinetd_quoted(const XinetdWord& word, std::string text);
/// … and a list at the place of all values of a line.
[[nodiscard]] Value xinetd_list(const XinetdAssignment& line, std::vector<Value> items = {});
/// A rejection of a word.
[[nodiscard]] std::unexpected<Rejection> reject_word(const XinetdWord& word, std::string message,
                                                     std::string hint = {});
/// A rejection of a line without values, where there must be some.
[[nodiscard]] Parsed<void> require_values(const XinetdAssignment& line);

[[nodiscard]] Parsed<Value> read_xinetd_word(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_words(const XinetdAssignment& line, const Context& context);
/// The same, of which there must be some.
[[nodiscard]] Parsed<Value> read_xinetd_arguments(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_path(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_server(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_yes_no(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_socket_type(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_protocol(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_user(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_group(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_port(const XinetdAssignment& line, const Context& context);
/// A list of all addresses that the name has; one for a numeric address.
[[nodiscard]] Parsed<Value> read_xinetd_bind(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_types(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_flags(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_env(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_redirect(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_rpc_version(const XinetdAssignment& line, const Context& context);
[[nodiscard]] Parsed<Value> read_xinetd_number(const XinetdAssignment& line, const Context& context);

}  // namespace porterd::config
