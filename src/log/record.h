// SPDX-License-Identifier: Apache-2.0
//
// Records: what porterd says about what happened. A record is a value; its text (key=value, JSON) is made
// by form.h and its way out by sink.h. Names of events and fields are an interface: they stand here, in
// porterd(8), and in tests.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/level.h"
#include "base/peer.h"

namespace porterd::log {

/// The connection a record is about. Which of these are shown is the service's choice (log_on_*).
struct Connection {
  std::string_view service;  ///< the service's id
  std::uint64_t id = 0;      ///< unique over restarts; printed in hexadecimal; 0: none
  base::Peer peer;
  std::optional<base::SocketAddress> local;
  std::optional<uid_t> user{};  ///< of a UNIX socket's peer, where it is asked for
  bool shows_peer = true;       ///< false: `peer` is empty because nobody asked for it, not because it is not known
};

/// A server was started for a connection (event "start").
struct SessionStart {
  Connection connection;
  std::optional<pid_t> pid;
};

/// Bytes from and to the client.
struct Traffic {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// It ended (event "end").
struct SessionEnd {
  Connection connection;
  std::optional<pid_t> pid;
  std::optional<int> wait_status;  ///< as wait4(2) gives it
  std::optional<std::chrono::microseconds> duration;
  std::chrono::microseconds user_time{};    ///< shown with wait_status
  std::chrono::microseconds system_time{};  ///< shown with wait_status
  std::int64_t peak_memory_kib = 0;         ///< shown with wait_status; 0: not known
  std::optional<Traffic> traffic{};
  std::string_view reason{};  ///< why, when it was not its natural end; may be empty
  int error = 0;              ///< errno that goes with it, or 0
};

/// Not admitted (event "refused").
struct SessionRefusal {
  Connection connection;
  std::string_view reason;    ///< admission::Reason's name
  std::string_view detail{};  ///< more about it, a word; may be empty
};

/// Admitted, but could not be started (event "failed").
struct SessionFailure {
  Connection connection;
  std::string_view step;    ///< "exec", "setuid", …
  std::string_view object;  ///< what the step was about, e.g. the server's path; may be empty
  int error = 0;            ///< errno
};

/// How much a session has carried (event "traffic").
struct SessionTraffic {
  Connection connection;
  std::uint64_t bytes_in = 0;   ///< from the client
  std::uint64_t bytes_out = 0;  ///< to the client
};

/// Who the client's own machine says that its user is, RFC 1413 (event "user").
struct SessionUser {
  Connection connection;
  std::string_view name;
  std::string_view system;   ///< whose name it is: "UNIX", "OTHER"
  std::string_view error{};  ///< a word for why there is no name; xinetd_failure() of it goes into xinetd's NOID
};

/// A line that a server wrote to descriptor 2 (event "output").
struct ServerOutput {
  std::string_view service;  ///< may be empty: the writer is not known
  std::uint64_t id = 0;
  pid_t pid = 0;
  std::string_view line;  ///< without its line end; anything may be in it
  std::size_t cut = 0;    ///< bytes that came after it in the same write and are lost
};

/// A field of a Message: value is printed as it is, quoted where the form needs it.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

/// A field that counts or numbers something.
[[nodiscard]] inline Field number(std::string_view name, std::integral auto value) {
  return {.name = name, .value = static_cast<std::int64_t>(value)};
}

/// Something about a service or the daemon as a whole: listening, degraded, reload, stop, …
struct Message {
  std::string_view event;    ///< lower case words joined by '_'
  std::string_view service;  ///< may be empty
  std::span<const Field> fields;
  std::string_view text;  ///< a sentence for people; may be empty
};

/// What a record says.
using Body = std::variant<SessionStart, SessionEnd, SessionRefusal, SessionFailure, SessionTraffic, SessionUser,
                          ServerOutput, Message>;

/// One record. Views point into what the caller keeps alive while it hands the record on.
struct Record {
  base::Level level = base::Level::info;
  base::WallTime time;
  Body body;
};

}  // namespace porterd::log
