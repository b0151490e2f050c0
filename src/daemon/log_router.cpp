// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_router.h"

#include <algorithm>
#include <array>

#include "log/xinetd_form.h"

namespace porterd::daemon {
namespace {

log::Target::Kind kind_of(config::LogTarget::Kind kind) {
  switch (kind) {
    case config::LogTarget::Kind::none:
      return log::Target::Kind::none;
    case config::LogTarget::Kind::syslog:
      return log::Target::Kind::syslog;
    case config::LogTarget::Kind::journal:
      return log::Target::Kind::journal;
    case config::LogTarget::Kind::file:
      return log::Target::Kind::file;
    case config::LogTarget::Kind::main:
    case config::LogTarget::Kind::standard_error:
      break;
  }
  return log::Target::Kind::descriptor;
}

log::Format format_of(config::LogFormat format) {
  switch (format) {
    case config::LogFormat::json:
      return log::Format::json;
    case config::LogFormat::xinetd:
      return log::Format::xinetd;
    case config::LogFormat::xinetd_mapped:
      return log::Format::xinetd_mapped;
    case config::LogFormat::text:
      break;
  }
  return log::Format::text;
}

log::Target target_of(const config::LogTarget& target, log::Format format) {
  log::Target result;
  result.kind = kind_of(target.kind);
  result.path = target.path;
  result.facility = target.facility;
  result.success = target.level;
  result.limits = {.soft = target.soft_limit, .hard = target.hard_limit};
  if (log::is_xinetd(format)) result.name = log::kXinetdName;
  return result;
}

}  // namespace

LogRouter::LogRouter(event::Loop& loop)
    : main_(std::make_unique<log::NullSink>()), flush_timer_(loop, event::callback<&LogRouter::flush>(*this)) {}

base::Result<std::unique_ptr<log::Sink>> LogRouter::open(const Destination& destination) {
  const bool is_at_main = destination.target.kind == config::LogTarget::Kind::main;
  log::Target target = target_of(is_at_main ? global_.log_type : destination.target, format(destination));
  target.on_limit = [this, destination](log::SizeLimit limit) { on_size_limit(destination, limit); };
  return log::make_sink(target, format(destination), global_.log_level);
}

base::Status LogRouter::configure(const config::Global& global) {
  const config::Global before = std::exchange(global_, global);
  auto sink = open({});
  if (!sink) {
    global_ = before;
    return std::unexpected(std::move(sink).error());
  }
  main_ = std::move(*sink);
  const bool has_moved = before.log_format != global.log_format || before.log_level != global.log_level ||
                         before.log_type != global.log_type;
  if (has_moved) routes_.clear();
  for (auto& route : routes_) route.is_used = false;
  return {};
}

bool LogRouter::is_main(const Destination& destination) const {
  return destination.target.kind == config::LogTarget::Kind::main &&
         destination.format.value_or(global_.log_format) == global_.log_format;
}

log::Format LogRouter::format(const Destination& destination) const {
  return format_of(destination.format.value_or(global_.log_format));
}

LogRouter::Route* LogRouter::route_to(const Destination& destination) {
  const auto found = std::ranges::find(routes_, destination, &Route::destination);
  return found == routes_.end() ? nullptr : &*found;
}

base::Status LogRouter::prepare(std::string_view service, const Destination& destination) {
  if (is_main(destination)) return {};
  if (auto* route = route_to(destination)) {
    route->name = route->is_used ? "common" : service;
    route->is_used = true;
    return {};
  }
  PORTERD_TRY_ASSIGN(auto sink, open(destination));
  routes_.push_back({.destination = destination, .sink = std::move(sink), .name = std::string(service)});
  return {};
}

void LogRouter::drop_unused() {
  std::erase_if(routes_, [](const Route& route) { return !route.is_used; });
}

log::Sink& LogRouter::sink_for(const Destination& destination) {
  if (is_main(destination)) return *main_;
  // Sessions of a removed service may still log to a destination that nobody else uses any more.
  const auto* route = route_to(destination);
  return route == nullptr ? *main_ : *route->sink;
}

void LogRouter::write_to(log::Sink& sink, const log::Record& record) {
  sink.write(record);
  if (sink.has_pending() && !flush_timer_.is_running()) flush_timer_.start(std::chrono::seconds(1));
}

void LogRouter::write(const Destination& destination, base::Level level, const log::Body& body) {
  const bool is_for_main = is_xinetd(destination) && !log::is_service_line(body);
  write_to(is_for_main ? *main_ : sink_for(destination), {.level = level, .time = base::Wall::now(), .body = body});
}

void LogRouter::on_size_limit(const Destination& destination, log::SizeLimit limit) {
  const auto* route = route_to(destination);
  const std::string& path = route == nullptr ? global_.log_type.path : destination.target.path;
  const std::array fields{
      log::Field{.name = "log", .value = route == nullptr ? std::string_view("main") : std::string_view(route->name)},
      log::Field{.name = "limit", .value = std::string_view(limit == log::SizeLimit::soft ? "soft" : "hard")},
      log::Field{.name = "file", .value = std::string_view(path)}};
  const bool is_soft = limit == log::SizeLimit::soft;
  message(is_soft ? base::Level::warning : base::Level::error, "log_limit",
          is_soft ? "" : "nothing more is written to it until it is opened again", fields);
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
