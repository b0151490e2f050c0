// SPDX-License-Identifier: Apache-2.0
//
// Lines that servers write to descriptor 2, on their way to the log: told apart by writer, limited in number. There is
// one channel for each user that servers run as.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "daemon/log_router.h"
#include "daemon/service_plan.h"
#include "log/output_limit.h"
#include "session/output_channel.h"
#include "session/session_table.h"

namespace porterd::daemon {

class OutputRouter final : public session::OutputReader {
 public:
  OutputRouter(event::Loop& loop, LogRouter& log, session::SessionTable& sessions);

  /// Opens the channel that servers of `plan` write to. Load time only.
  [[nodiscard]] base::Status prepare(const ServicePlan& plan);
  /// Where the next server of `plan` writes; -1 when it does not write to the log.
  [[nodiscard]] int writing_end(const ServicePlan& plan) const;
  /// The session of `server` is about to end: its last lines come before its end.
  void finish(const ServicePlan& plan, pid_t server);

  void on_line(pid_t writer, std::string_view line, std::size_t cut) noexcept override;

 private:
  [[nodiscard]] session::OutputChannel* channel_for(const ServicePlan& plan) const;
  [[nodiscard]] session::Session* session_of(pid_t writer);
  [[nodiscard]] bool admits(const session::Session* session);
  void report_lost(const session::Session* session, log::OutputLimit& limit);

  event::Loop& loop_;
  LogRouter& log_;
  session::SessionTable& sessions_;
  std::unordered_map<uid_t, std::unique_ptr<session::OutputChannel>> channels_;
  std::unordered_map<pid_t, log::OutputLimit> writers_;  ///< sessions that have written; the others cost nothing
  log::OutputLimit strangers_;                           ///< all that was left behind by sessions that have ended
};

}  // namespace porterd::daemon
