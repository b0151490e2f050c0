// SPDX-License-Identifier: Apache-2.0
//
// Records as xinetd writes them, xinetd.log(5). Records about connections are the lines of its service logs, whose
// fields come with their log_on_success and log_on_failure; all others are lines of its main log:
//   26/11/22@06:09:10: START: finger pid=17 from=192.0.2.1
//   26/11/22@06:08:36 xinetd[17]: NOTICE: Started working: 12 available services
// Local time. To syslog the same without date, name and level, which syslog has of its own. What xinetd has no words
// for stands in porterd's.
#pragma once

#include <string>
#include <string_view>

#include "log/form.h"
#include "log/quote.h"
#include "log/record.h"

namespace porterd::log {

inline constexpr std::string_view kXinetdName = "xinetd";

/// Whether the body is a line of a service log: START, EXIT, FAIL, TRAFFIC, USERID or NOID.
[[nodiscard]] bool is_service_line(const Body& body);

/// Whether a refusal for that reason is one that xinetd finds only when a child, whose start is in the log already,
/// asks before it becomes the server: START, FAIL, EXIT.
[[nodiscard]] bool is_found_by_xinetds_child(std::string_view reason);

/// Why there is no user's name, SessionUser::error, in xinetd's words: "no server", "timeout".
[[nodiscard]] std::string_view xinetd_ident_failure(std::string_view error);

/// The level under which xinetd says it in its main log.
[[nodiscard]] base::Level xinetd_level(const Record& record);

/// Who is at the other end, as its lines have it: "192.0.2.1", "::ffff:192.0.2.1", "<no address>".
[[nodiscard]] std::string xinetd_peer(const base::Peer& peer, Format format);

/// What stands before the line.
enum class XinetdHead : std::uint8_t {
  none,  ///< for syslog
  date,  ///< for files: "26/11/22@06:09:10: ", in the main log with name, pid and level
};

/// The line without its end; `format` is one of xinetd's. False, and nothing is written, when xinetd writes no line for
/// such a record: an EXIT without EXIT or DURATION, or what it knows nothing of.
[[nodiscard]] bool append_xinetd(Buffer& out, const Record& record, Format format, XinetdHead head,
                                 std::size_t limit = kLongestLine - 1);

}  // namespace porterd::log
