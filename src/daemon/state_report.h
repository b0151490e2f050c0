// SPDX-License-Identifier: Apache-2.0
//
// The state of porterd, for SIGUSR1: a record in the log for each service, and what xinetd's state dump tells, under
// the same headings, at the end of dump_file. Each service with its configuration, state, listeners and counts; each
// server that runs; totals. Written in slices between which the loop goes on, so each service is shown as it is at its
// turn.
#pragma once

#include <fmt/format.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "config/config.h"
#include "daemon/log_router.h"
#include "daemon/service_set.h"
#include "event/loop.h"
#include "session/session_table.h"

namespace porterd::daemon {

/// Opens a file to append a dump to, made with mode 0600 when absent: environments may hold secrets. Refuses links, and
/// whatever is no regular file of our own.
[[nodiscard]] base::Result<base::Fd> open_dump(const std::string& path);

class StateReport {
 public:
  /// `config` is the one in force, whichever that is then.
  StateReport(event::Loop& loop, LogRouter& log, ServiceSet& services, session::SessionTable& sessions,
              const config::Config& config);

  /// Begins a report, unless one is being written. `main_file`: what messages call the main file of the configuration.
  void begin(std::string_view main_file);
  /// Writes at once what is left of it.
  void finish();

 private:
  enum class Stage : std::uint8_t { idle, services, servers };

  void on_turn();
  void advance();
  void add_service(const config::Service& settings);
  void add_totals();
  void open();
  void write_out();
  void fail(const base::Error& error);
  void say_done();

  LogRouter& log_;
  ServiceSet& services_;
  session::SessionTable& sessions_;
  const config::Config& config_;
  event::Timer turn_;
  Stage stage_ = Stage::idle;
  std::string main_file_;
  std::string path_;
  base::Fd file_;  ///< none: records alone
  fmt::memory_buffer out_;
  std::size_t next_ = 0;  ///< of the services or the servers
  std::size_t active_ = 0;
  std::vector<pid_t> servers_;  ///< when it came to them
};

}  // namespace porterd::daemon
