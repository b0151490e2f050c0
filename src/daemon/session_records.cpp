// SPDX-License-Identifier: Apache-2.0
#include "daemon/session_records.h"

#include <sys/wait.h>

#include <array>
#include <string>

#include "base/enum_names.h"
#include "base/text.h"

namespace porterd::daemon {
namespace {

using config::LogField;

log::Connection shown(const ServicePlan& plan, const RecordedConnection& connection, bool shows_host) {
  log::Connection result{.service = plan.id, .id = connection.id, .peer = {}, .local = {}};
  if (!shows_host) return result;
  result.peer = connection.peer;
  result.local = connection.local;
  return result;
}

std::optional<pid_t> shown_pid(const ServicePlan& plan, pid_t pid) {
  return plan.log.shows_on_success(LogField::pid) ? std::optional(pid) : std::nullopt;
}

RecordedConnection recorded(const session::Session& session) {
  return {.peer = session.peer, .local = {}, .id = session.connection_id};
}

std::string_view object_of(const ServicePlan& plan, spawn::Stage stage) {
  const auto& child = plan.spawn->child();
  if (stage == spawn::Stage::exec) return child.path;
  if (stage == spawn::Stage::chdir) return child.directory;
  return {};
}

}  // namespace

void write_start(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection, pid_t pid) {
  if (plan.log.on_success == 0) return;
  log.write(plan.log.target, base::Level::info,
            log::SessionStart{.connection = shown(plan, connection, plan.log.shows_on_success(LogField::host)),
                              .pid = shown_pid(plan, pid)});
}

void write_end(LogRouter& log, const ServicePlan& plan, const session::Session& session, const os::Ended& ended) {
  if (plan.log.on_success == 0) return;
  log::SessionEnd end;
  end.connection = shown(plan, recorded(session), plan.log.shows_on_success(LogField::host));
  end.pid = shown_pid(plan, session.pid);
  if (plan.log.shows_on_success(LogField::exit)) {
    end.wait_status = ended.wait_status;
    end.user_time = ended.user_time;
    end.system_time = ended.system_time;
    // The kernel counts our own memory as the child's until it has exec'd: what is not above that says nothing.
    if (ended.peak_memory_kib > os::own_peak_memory_kib()) end.peak_memory_kib = ended.peak_memory_kib;
  }
  if (plan.log.shows_on_success(LogField::duration))
    end.duration = std::chrono::duration_cast<std::chrono::microseconds>(base::Steady::now() - session.start);
  log.write(plan.log.target, base::Level::info, end);
}

void write_finished(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                    const session::Finished& finished) {
  if (plan.log.on_success == 0) return;
  log::SessionEnd end;
  end.connection = shown(plan, recorded(session), plan.log.shows_on_success(LogField::host));
  end.pid = shown_pid(plan, session.worker);
  if (plan.log.shows_on_success(LogField::exit)) {
    end.reason = finished.reason;
    end.error = finished.error;
  }
  if (plan.log.shows_on_success(LogField::duration))
    end.duration = std::chrono::duration_cast<std::chrono::microseconds>(base::Steady::now() - session.start);
  if (plan.log.shows_on_success(LogField::traffic)) end.traffic = {finished.bytes_in, finished.bytes_out};
  log.write(plan.log.target, finished.reason.empty() ? base::Level::info : base::Level::notice, end);
}

void write_refusal(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                   admission::Reason reason) {
  if (plan.log.on_failure == 0) return;
  log.write(plan.log.target, base::Level::notice,
            log::SessionRefusal{.connection = shown(plan, connection, plan.log.shows_on_failure(LogField::host)),
                                .reason = base::name_of(reason)});
}

void write_failure(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                   const spawn::Failure& failure) {
  log.write(plan.log.target, base::Level::error,
            log::SessionFailure{.connection = shown(plan, recorded(session), true),
                                .step = base::name_of(failure.stage),
                                .object = object_of(plan, failure.stage),
                                .error = failure.error});
}

void write_back_off(LogRouter& log, const ServicePlan& plan, const os::Ended& ended, std::chrono::milliseconds delay) {
  const bool is_signalled = WIFSIGNALED(ended.wait_status);
  const std::string wait = base::print_duration(delay);
  const std::array fields{
      log::Field{.name = is_signalled ? "signal" : "status",
                 .value = std::int64_t{is_signalled ? WTERMSIG(ended.wait_status) : WEXITSTATUS(ended.wait_status)}},
      log::Field{.name = "wait", .value = std::string_view(wait)}};
  log.write(plan.log.target, base::Level::warning,
            log::Message{.event = "back_off",
                         .service = plan.id,
                         .fields = fields,
                         .text = "the server ended without taking what waits; it is started again after the wait"});
}

void write_message(LogRouter& log, const ServicePlan& plan, base::Level level, std::string_view event,
                   std::string_view text) {
  log.write(plan.log.target, level, log::Message{.event = event, .service = plan.id, .fields = {}, .text = text});
}

}  // namespace porterd::daemon
