// SPDX-License-Identifier: Apache-2.0
//
// Sends records where they belong: to the daemon's own log, or where a service's log_type says. Services with the same
// target share one sink.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "config/diagnostics.h"
#include "event/loop.h"
#include "log/record.h"
#include "log/sink.h"

namespace porterd::daemon {

class LogRouter {
 public:
  explicit LogRouter(event::Loop& loop);

  /// Opens the daemon's own log as `global` says; what cannot be opened leaves the old one in place.
  [[nodiscard]] base::Status configure(const config::Global& global);
  /// Opens a service's target, so that nothing is opened while a client waits. Load time only.
  [[nodiscard]] base::Status prepare(const config::LogTarget& target);
  /// Closes the sinks that no target given to prepare() since the last call of configure() names.
  void drop_unused();

  void write(const config::LogTarget& target, base::Level level, const log::Body& body);
  /// To the daemon's own log.
  void message(base::Level level, std::string_view event, std::string_view text,
               std::span<const log::Field> fields = {});
  /// SIGHUP: files may have been renamed.
  void reopen();
  /// Writes what is held back.
  void flush();

 private:
  struct Route {
    config::LogTarget target;
    std::unique_ptr<log::Sink> sink;
    bool is_used = true;
  };
  [[nodiscard]] base::Result<std::unique_ptr<log::Sink>> open(const config::LogTarget& target) const;
  [[nodiscard]] log::Sink& sink_for(const config::LogTarget& target);
  void write_to(log::Sink& sink, const log::Record& record);

  config::Global global_;
  std::unique_ptr<log::Sink> main_;
  std::vector<Route> routes_;
  event::Timer flush_timer_;
};

/// A `config` record for each diagnostic.
void write_diagnostics(LogRouter& log, const config::Diagnostics& diagnostics);

}  // namespace porterd::daemon
