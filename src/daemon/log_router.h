// SPDX-License-Identifier: Apache-2.0
//
// Sends records where they belong: to the daemon's own log, or where a service's log_type says, in its log_format.
// Services with the same destination share one sink. What xinetd has no line for in its service logs goes to the
// daemon's own log when a service's form is xinetd's, as it does there.
#pragma once

#include <memory>
#include <optional>
#include <string>
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

/// Where records of a service go, and in which form. As made, it is the daemon's own log.
struct Destination {
  config::LogTarget target{};
  std::optional<config::LogFormat> format{};  ///< the daemon's own when not set
  friend bool operator==(const Destination&, const Destination&) = default;
};

class LogRouter {
 public:
  explicit LogRouter(event::Loop& loop);

  /// Opens the daemon's own log as `global` says; what cannot be opened leaves the old one in place.
  [[nodiscard]] base::Status configure(const config::Global& global);
  /// Opens a service's destination, so that nothing is opened while a client waits. Load time only.
  [[nodiscard]] base::Status prepare(std::string_view service, const Destination& destination);
  /// Closes the sinks that no destination given to prepare() since the last call of configure() names.
  void drop_unused();

  void write(const Destination& destination, base::Level level, const log::Body& body);
  /// The form of records that go there.
  [[nodiscard]] log::Format format(const Destination& destination) const;
  [[nodiscard]] bool is_xinetd(const Destination& destination = {}) const {
    return log::is_xinetd(format(destination));
  }
  /// To the daemon's own log.
  void message(base::Level level, std::string_view event, std::string_view text,
               std::span<const log::Field> fields = {});
  /// SIGHUP: files may have been renamed.
  void reopen();
  /// Writes what is held back.
  void flush();

 private:
  struct Route {
    Destination destination;
    std::unique_ptr<log::Sink> sink;
    std::string name;  ///< what a complaint about it calls it: the service that alone uses it, or "common"
    bool is_used = true;
  };
  [[nodiscard]] base::Result<std::unique_ptr<log::Sink>> open(const Destination& destination);
  [[nodiscard]] bool is_main(const Destination& destination) const;
  [[nodiscard]] Route* route_to(const Destination& destination);
  [[nodiscard]] log::Sink& sink_for(const Destination& destination);
  void write_to(log::Sink& sink, const log::Record& record);
  void on_size_limit(const Destination& destination, log::SizeLimit limit);

  config::Global global_;
  std::unique_ptr<log::Sink> main_;
  std::vector<Route> routes_;
  event::Timer flush_timer_;
};

/// A `config` record for each diagnostic.
void write_diagnostics(LogRouter& log, const config::Diagnostics& diagnostics);

}  // namespace porterd::daemon
