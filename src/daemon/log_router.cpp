// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_router.h"

#include <algorithm>

namespace porterd::daemon {
namespace {

log::Target target_of(const config::LogTarget& target) {
  log::Target result;
  result.facility = target.facility;
  result.success = target.level;
  result.path = target.path;
  switch (target.kind) {
    case config::LogTarget::Kind::main:
    case config::LogTarget::Kind::standard_error:
      result.kind = log::Target::Kind::descriptor;
      break;
    case config::LogTarget::Kind::none:
      result.kind = log::Target::Kind::none;
      break;
    case config::LogTarget::Kind::syslog:
      result.kind = log::Target::Kind::syslog;
      break;
    case config::LogTarget::Kind::journal:
      result.kind = log::Target::Kind::journal;
      break;
    case config::LogTarget::Kind::file:
      result.kind = log::Target::Kind::file;
      break;
  }
  return result;
}

log::Format format_of(config::LogFormat format) {
  return format == config::LogFormat::json ? log::Format::json : log::Format::text;
}

}  // namespace

LogRouter::LogRouter(event::Loop& loop)
    : main_(std::make_unique<log::NullSink>()), flush_timer_(loop, event::callback<&LogRouter::flush>(*this)) {}

base::Result<std::unique_ptr<log::Sink>> LogRouter::open(const config::LogTarget& target) const {
  return log::make_sink(target_of(target), format_of(global_.log_format), global_.log_level);
}

base::Status LogRouter::configure(const config::Global& global) {
  const config::Global before = std::exchange(global_, global);
  auto sink = open(global.log_type);
  if (!sink) {
    global_ = before;
    return std::unexpected(std::move(sink).error());
  }
  main_ = std::move(*sink);
  const bool has_new_form = before.log_format != global.log_format || before.log_level != global.log_level;
  if (has_new_form) routes_.clear();
  for (auto& route : routes_) route.is_used = false;
  return {};
}

base::Status LogRouter::prepare(const config::LogTarget& target) {
  if (target.kind == config::LogTarget::Kind::main) return {};
  const auto found = std::ranges::find(routes_, target, &Route::target);
  if (found != routes_.end()) {
    found->is_used = true;
    return {};
  }
  PORTERD_TRY_ASSIGN(auto sink, open(target));
  routes_.push_back({.target = target, .sink = std::move(sink)});
  return {};
}

void LogRouter::drop_unused() {
  std::erase_if(routes_, [](const Route& route) { return !route.is_used; });
}

log::Sink& LogRouter::sink_for(const config::LogTarget& target) {
  if (target.kind == config::LogTarget::Kind::main) return *main_;
  // Sessions of a removed service may still log to a target that nobody else uses any more.
  const auto found = std::ranges::find(routes_, target, &Route::target);
  return found == routes_.end() ? *main_ : *found->sink;
}

void LogRouter::write_to(log::Sink& sink, const log::Record& record) {
  sink.write(record);
  if (sink.has_pending() && !flush_timer_.is_running()) flush_timer_.start(std::chrono::seconds(1));
}

void LogRouter::write(const config::LogTarget& target, base::Level level, const log::Body& body) {
  write_to(sink_for(target), {.level = level, .time = base::Wall::now(), .body = body});
}

void LogRouter::message(base::Level level, std::string_view event, std::string_view text,
                        std::span<const log::Field> fields) {
  write({}, level, log::Message{.event = event, .service = {}, .fields = fields, .text = text});
}

void LogRouter::reopen() {
  const auto reopen_one = [this](log::Sink& sink) {
    if (const auto reopened = sink.reopen(); !reopened)
      message(base::Level::error, "log_failed", reopened.error().text());
  };
  reopen_one(*main_);
  for (auto& route : routes_) reopen_one(*route.sink);
}

void LogRouter::flush() {
  const auto now = base::Wall::now();
  bool is_pending = false;
  const auto flush_one = [&](log::Sink& sink) {
    sink.flush(now);
    is_pending = is_pending || sink.has_pending();
  };
  flush_one(*main_);
  for (auto& route : routes_) flush_one(*route.sink);
  if (is_pending) flush_timer_.start(std::chrono::seconds(1));
}

void write_diagnostics(LogRouter& log, const config::Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics.all()) {
    const auto level = diagnostic.severity >= config::Severity::error     ? base::Level::error
                       : diagnostic.severity == config::Severity::warning ? base::Level::warning
                                                                          : base::Level::notice;
    const std::string where = diagnostic.where.text();
    const std::string text = diagnostic.hint.empty() ? diagnostic.message : diagnostic.message + "; " + diagnostic.hint;
    const std::array fields{log::Field{.name = "where", .value = std::string_view(where)}};
    log.message(level, "config", text, fields);
  }
}

}  // namespace porterd::daemon
