// SPDX-License-Identifier: Apache-2.0
#include "log/syslog_sink.h"

#include <unistd.h>

#include <array>
#include <ctime>
#include <iterator>

#include "log/xinetd_form.h"

namespace porterd::log {
namespace {

// Not strftime(3)'s: RFC 3164 wants English names whatever the locale.
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// RFC 3164 section 4.1.2: local time.
void append_header(Buffer& out, int priority, base::WallTime time, std::string_view name) {
  const std::time_t seconds = base::Wall::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  fmt::format_to(std::back_inserter(out), "<{}>{} {:2} {:02}:{:02}:{:02} {}[{}]: ", priority,
                 kMonths[static_cast<std::size_t>(local.tm_mon)], local.tm_mday, local.tm_hour, local.tm_min,
                 local.tm_sec, name, ::getpid());
}

}  // namespace

int priority_of(const Record& record, int success, Format format) {
  if (is_xinetd(format)) return is_service_line(record.body) ? success : base::syslog_priority(xinetd_level(record));
  const bool is_success =
      std::holds_alternative<SessionStart>(record.body) || std::holds_alternative<SessionEnd>(record.body);
  return is_success ? success : base::syslog_priority(record.level);
}

SyslogSink::SyslogSink(const Target& target, Format format)
    : socket_(target.path.empty() ? "/dev/log" : target.path),
      name_(target.name),
      facility_(target.facility),
      success_(target.success),
      format_(format) {
  socket_.open();
}

bool SyslogSink::deliver(const Record& record) {
  Buffer line;
  append_header(line, facility_ | priority_of(record, success_, format_), record.time, name_);
  if (format_ == Format::json)
    append_json(line, record);
  else if (!is_xinetd(format_))
    append_text(line, record);
  else if (!append_xinetd(line, record, format_, XinetdHead::none))
    return true;
  return socket_.send({line.data(), line.size()}) == 0;
}

}  // namespace porterd::log
