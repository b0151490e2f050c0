// SPDX-License-Identifier: Apache-2.0
#include "log/xinetd_message.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <system_error>

#include "log/form.h"

namespace porterd::log {
namespace {

using base::Level;

std::string_view text_in(const Message& message, std::string_view name) {
  const auto found = std::ranges::find(message.fields, name, &Field::name);
  if (found == message.fields.end()) return {};
  const auto* text = std::get_if<std::string_view>(&found->value);
  return text == nullptr ? std::string_view() : *text;
}

std::int64_t number_in(const Message& message, std::string_view name) {
  const auto found = std::ranges::find(message.fields, name, &Field::name);
  if (found == message.fields.end()) return 0;
  const auto* number = std::get_if<std::int64_t>(&found->value);
  return number == nullptr ? 0 : *number;
}

std::string starting(const Message& message) {
  return fmt::format("porterd {} started with loadavg options compiled in.", text_in(message, "version"));
}

std::string ready(const Message& message) {
  const auto count = number_in(message, "services");
  return fmt::format("Started working: {} available service{}", count, count == 1 ? "" : "s");
}

std::string reload_failed(const Message& message) { return fmt::format("reconfiguration failed: {}", message.text); }

std::string stopping(const Message&) { return "Exiting..."; }

std::string disabled(const Message& message) {
  return fmt::format("Deactivating service {} due to excessive incoming connections.  Restarting in {} seconds.",
                     message.service, number_in(message, "wait"));
}

std::string enabled(const Message& message) { return fmt::format("Activating service {}", message.service); }

std::string degraded(const Message& message) {
  return fmt::format("bind failed ({}). service = {}", message.text, message.service);
}

std::string dumped(const Message& message) {
  return fmt::format("generated state dump in file {}", text_in(message, "file"));
}

std::string log_limit(const Message& message) {
  const auto name = text_in(message, "log");
  if (text_in(message, "limit") == "soft") return fmt::format("soft limit exceeded on '{}'", name);
  return fmt::format("Size of {} log exceeded hard limit", name);
}

// "FILE:LINE:COLUMN", or "FILE" alone.
std::string config(const Message& message) {
  const auto where = text_in(message, "where");
  std::string_view file = where;
  std::string_view line = "0";
  const auto column = where.rfind(':');
  const auto colon = column == 0 || column == where.npos ? where.npos : where.rfind(':', column - 1);
  if (colon != where.npos) {
    file = where.substr(0, colon);
    line = where.substr(colon + 1, column - colon - 1);
  }
  return fmt::format("{} [file={}] [line={}]", message.text, file, line);
}

std::string plain_text(const Message& message) { return std::string(message.text); }

struct Row {
  std::string_view event;
  std::string (*text)(const Message&);
  Level level;
};
// An event without text is one that xinetd does not speak of.
constexpr std::array kRows{Row{"starting", &starting, Level::notice},
                           Row{"ready", &ready, Level::notice},
                           Row{"changed", nullptr, Level::notice},
                           Row{"reloaded", nullptr, Level::notice},
                           Row{"reload_failed", &reload_failed, Level::warning},
                           Row{"stopping", &stopping, Level::warning},
                           Row{"stopped", nullptr, Level::notice},
                           Row{"state", nullptr, Level::notice},
                           Row{"disabled", &disabled, Level::error},
                           Row{"enabled", &enabled, Level::error},
                           Row{"degraded", &degraded, Level::error},
                           Row{"penalty", &plain_text, Level::error},
                           Row{"dumped", &dumped, Level::info},
                           Row{"log_limit", &log_limit, Level::error},
                           Row{"xinetd", &plain_text, Level::notice}};

const Row* row_of(const Message& message) {
  const auto* const found = std::ranges::find(kRows, message.event, &Row::event);
  return found == kRows.end() ? nullptr : found;
}

}  // namespace

bool has_xinetd_line(const Message& message) {
  const auto* row = row_of(message);
  return row == nullptr || row->text != nullptr;
}

Level xinetd_level(const Message& message, Level level) {
  const auto* row = row_of(message);
  // What only xinetd's form has was given its level by whoever wrote it.
  return row == nullptr || row->text == &plain_text ? level : row->level;
}

void append_xinetd_message(Buffer& out, const Message& message, const Record& record, std::size_t limit) {
  const auto* row = row_of(message);
  if (row != nullptr && row->text != nullptr) return append_value(out, row->text(message), Quotes::never, limit);
  if (message.event == "config") return append_value(out, config(message), Quotes::never, limit);
  append_text(out, record, limit);
}

void append_xinetd_failure(Buffer& out, const SessionFailure& failure, std::size_t limit) {
  const std::string call =
      failure.step == "exec" ? fmt::format("execv( {} )", failure.object) : std::string(failure.step);
  const std::string text =
      fmt::format("{} failed: {} (errno = {})", call, std::generic_category().message(failure.error), failure.error);
  append_value(out, text, Quotes::never, limit);
}

void append_xinetd_output(Buffer& out, const ServerOutput& output, std::size_t limit) {
  fmt::format_to(std::back_inserter(out), "{}[{}]: ", output.service, output.pid);
  append_value(out, output.line, Quotes::never, limit);
}

}  // namespace porterd::log
