// SPDX-License-Identifier: Apache-2.0
#include "daemon/session_records.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <string>

#include "base/enum_names.h"
#include "base/text.h"
#include "log/xinetd_form.h"

namespace porterd::daemon {
namespace {

using config::LogField;

log::Connection shown(const ServicePlan& plan, const RecordedConnection& connection, config::LogFields fields) {
  log::Connection result{.service = plan.id, .id = connection.id, .peer = {}, .local = {}, .user = {}};
  result.shows_peer = (fields & config::log_field(LogField::host)) != 0;
  const auto* local_peer = std::get_if<base::LocalPeer>(&connection.peer);
  if (local_peer != nullptr && (fields & config::log_field(LogField::userid)) != 0) result.user = local_peer->uid;
  if (!result.shows_peer) return result;
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

// xinetd's EXIT of a child that started no server.
void write_empty_end(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection, pid_t pid,
                     std::chrono::microseconds duration) {
  log::SessionEnd end;
  end.connection = shown(plan, connection, plan.log.on_success);
  end.pid = shown_pid(plan, pid);
  if (plan.log.shows_on_success(LogField::exit)) end.wait_status = 0;
  if (plan.log.shows_on_success(LogField::duration)) end.duration = duration;
  if (plan.log.on_success != 0) log.write(plan.log.destination, base::Level::info, end);
}

void write_fail(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection, const Refusal& refusal) {
  if (plan.log.on_failure == 0) return;
  log.write(plan.log.destination, base::Level::notice,
            log::SessionRefusal{.connection = shown(plan, connection, plan.log.on_failure),
                                .reason = base::name_of(refusal.reason),
                                .detail = refusal.detail});
}

// NOID has the address whatever else is logged.
void write_noid(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                std::string_view failure) {
  log::SessionUser user{.connection = shown(plan, connection, 0), .name = {}, .system = {}, .error = failure};
  user.connection.peer = connection.peer;
  log.write(plan.log.destination, base::Level::notice, user);
}

// xinetd's main log has lines about these too.
void write_libwrap(LogRouter& log, const ServicePlan& plan, const session::Session& session) {
  const std::string text = fmt::format("libwrap refused connection to {} (libwrap={}) from {}", plan.id, plan.libwrap,
                                       log::xinetd_peer(session.peer, log.format(plan.log.destination)));
  log.message(base::Level::info, "xinetd", text);
}

void write_load(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection) {
  const std::string text = "refused connect from " +
                           log::xinetd_peer(connection.peer, log.format(plan.log.destination)) +
                           " due to excessive load";
  log.message(base::Level::error, "xinetd", text);
}

void write_no_contact(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                      std::string_view failure) {
  const std::string text = fmt::format("Failed to contact identity server at {}: {}",
                                       log::xinetd_peer(connection.peer, log.format(plan.log.destination)),
                                       log::xinetd_ident_failure(failure));
  log.message(base::Level::error, "xinetd", text);
}

std::chrono::microseconds duration_of(const session::Session& session) {
  return std::chrono::duration_cast<std::chrono::microseconds>(base::Steady::now() - session.start);
}

// xinetd's main log names services where others have ids.
std::string_view name_shown(const LogRouter& log, const ServicePlan& plan) {
  return log.is_xinetd() && log.is_xinetd(plan.log.destination) ? plan.name : plan.id;
}

// To xinetd a child has served it: its bytes are a line of their own, and it ended by itself.
void write_xinetd_end(LogRouter& log, const ServicePlan& plan, log::SessionEnd end) {
  if (end.traffic)
    log.write(
        plan.log.destination, base::Level::info,
        log::SessionTraffic{.connection = end.connection, .bytes_in = end.traffic->in, .bytes_out = end.traffic->out});
  if (plan.log.shows_on_success(LogField::exit)) end.wait_status = 0;
  log.write(plan.log.destination, base::Level::info, end);
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
  log.write(plan.log.destination, base::Level::info,
            log::SessionStart{.connection = shown(plan, connection, plan.log.on_success), .pid = shown_pid(plan, pid)});
}

void write_end(LogRouter& log, const ServicePlan& plan, const session::Session& session, const os::Ended& ended) {
  if (plan.log.on_success == 0) return;
  log::SessionEnd end;
  end.connection = shown(plan, recorded(session), plan.log.on_success);
  end.pid = shown_pid(plan, session.pid);
  if (plan.log.shows_on_success(LogField::exit)) {
    end.wait_status = ended.wait_status;
    end.user_time = ended.user_time;
    end.system_time = ended.system_time;
    // The kernel counts our own memory as the child's until it has exec'd: what is not above that says nothing.
    if (ended.peak_memory_kib > os::own_peak_memory_kib()) end.peak_memory_kib = ended.peak_memory_kib;
  }
  if (plan.log.shows_on_success(LogField::duration)) end.duration = duration_of(session);
  log.write(plan.log.destination, base::Level::info, end);
}

void write_finished(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                    const session::Finished& finished) {
  if (plan.log.on_success == 0) return;
  log::SessionEnd end;
  end.connection = shown(plan, recorded(session), plan.log.shows_on_success(LogField::host));
  end.pid = shown_pid(plan, session.worker);
  if (plan.log.shows_on_success(LogField::traffic)) end.traffic = {finished.bytes_in, finished.bytes_out};
  if (plan.log.shows_on_success(LogField::duration)) end.duration = duration_of(session);
  if (plan.log.shows_on_success(LogField::exit)) {
    end.reason = finished.reason;
    end.error = finished.error;
  }
  if (log.is_xinetd(plan.log.destination)) return write_xinetd_end(log, plan, end);
  log.write(plan.log.destination, finished.reason.empty() ? base::Level::info : base::Level::notice, end);
}

void write_refusal(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                   const Refusal& refusal) {
  // As in xinetd's log where nothing is forked: a server without a process.
  constexpr pid_t kNoProcess = 0;
  const auto reason = refusal.reason;
  if (reason == admission::Reason::load && log.is_xinetd()) write_load(log, plan, connection);
  const bool is_shown_as_served = !plan.log.is_childless && log::is_found_by_xinetds_child(base::name_of(reason)) &&
                                  log.is_xinetd(plan.log.destination);
  if (is_shown_as_served) write_start(log, plan, connection, kNoProcess);
  if (reason == admission::Reason::ident && log.is_xinetd(plan.log.destination))
    write_noid(log, plan, connection, refusal.detail);
  else
    write_fail(log, plan, connection, refusal);
  if (is_shown_as_served) write_empty_end(log, plan, connection, kNoProcess, {});
}

void write_user(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                const worker::IdentUser& user) {
  log.write(plan.log.destination, base::Level::info,
            log::SessionUser{.connection = shown(plan, connection, config::log_field(LogField::host)),
                             .name = user.name,
                             .system = user.system});
}

void write_no_user(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                   std::string_view failure, Outcome outcome) {
  const bool is_xinetd = log.is_xinetd(plan.log.destination);
  if (!is_xinetd)
    log.write(plan.log.destination, base::Level::info,
              log::SessionUser{.connection = shown(plan, connection, config::log_field(LogField::host)),
                               .name = {},
                               .system = {},
                               .error = failure});
  if (is_xinetd && log.is_xinetd() && outcome == Outcome::refused) write_no_contact(log, plan, connection, failure);
}

void write_libwrap_refusal(LogRouter& log, const ServicePlan& plan, const session::Session& session) {
  if (log.is_xinetd()) write_libwrap(log, plan, session);
  write_fail(log, plan, recorded(session), {.reason = admission::Reason::libwrap});
  if (log.is_xinetd(plan.log.destination))
    write_empty_end(log, plan, recorded(session), session.pid, duration_of(session));
}

void write_failure(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                   const spawn::Failure& failure) {
  log.write(plan.log.destination, base::Level::error,
            log::SessionFailure{.connection = shown(plan, recorded(session), config::log_field(LogField::host)),
                                .step = base::name_of(failure.stage),
                                .object = object_of(plan, failure.stage),
                                .error = failure.error});
  if (log.is_xinetd(plan.log.destination))
    write_empty_end(log, plan, recorded(session), session.pid, duration_of(session));
}

void write_back_off(LogRouter& log, const ServicePlan& plan, const os::Ended& ended, std::chrono::milliseconds delay) {
  const bool is_signalled = WIFSIGNALED(ended.wait_status);
  const std::string wait = base::print_duration(delay);
  const std::array fields{
      log::Field{.name = is_signalled ? "signal" : "status",
                 .value = std::int64_t{is_signalled ? WTERMSIG(ended.wait_status) : WEXITSTATUS(ended.wait_status)}},
      log::Field{.name = "wait", .value = std::string_view(wait)}};
  log.write(plan.log.destination, base::Level::warning,
            log::Message{.event = "back_off",
                         .service = plan.id,
                         .fields = fields,
                         .text = "the server ended without taking what waits; it is started again after the wait"});
}

void write_disabled(LogRouter& log, const ServicePlan& plan, std::chrono::milliseconds wait) {
  const log::Field field{.name = "wait", .value = std::int64_t{std::chrono::ceil<std::chrono::seconds>(wait).count()}};
  log.write(plan.log.destination, base::Level::warning,
            log::Message{.event = "disabled",
                         .service = name_shown(log, plan),
                         .fields = {&field, 1},
                         .text = "too many connections per second"});
}

void write_enabled(LogRouter& log, const ServicePlan& plan) {
  log.write(plan.log.destination, base::Level::notice,
            log::Message{.event = "enabled",
                         .service = name_shown(log, plan),
                         .fields = {},
                         .text = "its wait after too many connections is over"});
}

void write_message(LogRouter& log, const ServicePlan& plan, base::Level level, std::string_view event,
                   std::string_view text) {
  log.write(plan.log.destination, level, log::Message{.event = event, .service = plan.id, .fields = {}, .text = text});
}

}  // namespace porterd::daemon
