// SPDX-License-Identifier: Apache-2.0
//
// The way out of a record. A sink never blocks and never raises: what cannot be written at once is lost, counted, and
// reported with event "log_lost" as soon as something can be written again. Sinks of the outside world are made by
// make_sink().
#pragma once

#include <syslog.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/level.h"
#include "base/result.h"
#include "log/form.h"
#include "log/record.h"

namespace porterd::log {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  Sink(Sink&&) = delete;
  Sink& operator=(Sink&&) = delete;
  virtual ~Sink() = default;

  /// Hands a record on. What its views point to need not live longer than the call.
  virtual void write(const Record& record) = 0;

  /// After the file was renamed (SIGHUP): opens it again. On failure the old one stays in use.
  virtual base::Status reopen() { return {}; }

  /// Whether something is held back: a count of repeats or of lost records. Then flush() should be called in a second.
  [[nodiscard]] virtual bool has_pending() const { return false; }

  /// Writes what is held back and due at `now`.
  virtual void flush(base::WallTime /*now*/) {}
};

/// Writes nothing.
class NullSink final : public Sink {
 public:
  void write(const Record& /*record*/) override {}
};

/// The sizes that a log file may have, xinetd.conf(5): beyond the soft one it is complained about once, beyond the hard
/// one nothing more is written until the file is opened again.
struct SizeLimits {
  std::uint64_t soft = 0;  ///< bytes; 0: no limits
  std::uint64_t hard = 0;
};
enum class SizeLimit : std::uint8_t { soft, hard };
/// Called when a file has grown beyond a limit; may write records.
using OnSizeLimit = std::function<void(SizeLimit)>;

/// Where records go.
struct Target {
  enum class Kind : std::uint8_t { none, descriptor, file, syslog, journal };
  Kind kind = Kind::descriptor;
  int descriptor = 2;            ///< descriptor: duplicated or opened anew, the caller's stays open and as it was
  std::string path;              ///< file: its path; syslog and journal: their socket when it is not the usual one
  int facility = LOG_DAEMON;     ///< syslog: LOG_*, syslog(3)
  int success = LOG_INFO;        ///< syslog and journal: priority of starts and ends, whatever the record's level
  std::string name = "porterd";  ///< syslog and journal: identifier
  SizeLimits limits{};           ///< file
  OnSizeLimit on_limit{};        ///< file; may be empty
};

/// A sink for `target` that leaves out what is less severe than `level` and collapses repeats (collapse.h), but not in
/// xinetd's form, which has no line for that. Fails when a file cannot be opened or the descriptor is not open; syslog
/// and journal may come later.
[[nodiscard]] base::Result<std::unique_ptr<Sink>> make_sink(const Target& target, Format format, base::Level level);

}  // namespace porterd::log
