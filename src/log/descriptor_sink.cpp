// SPDX-License-Identifier: Apache-2.0
#include "log/descriptor_sink.h"

#include <sys/stat.h>

#include <iterator>

#include "log/xinetd_form.h"

namespace porterd::log {
namespace {

void append_priority(Buffer& out, base::Level level) {
  fmt::format_to(std::back_inserter(out), "<{}>", base::syslog_priority(level));
}

void append_xinetd_line(Buffer& out, const Record& record, Format format, Prefix prefix) {
  Buffer line;
  const auto head = prefix == Prefix::priority ? XinetdHead::none : XinetdHead::date;
  constexpr std::size_t kPriority = 3;  // "<6>"
  if (!append_xinetd(line, record, format, head, kLongestLine - 1 - kPriority)) return;
  if (prefix == Prefix::priority) append_priority(out, xinetd_level(record));
  append(out, {line.data(), line.size()});
  out.push_back('\n');
}

}  // namespace

Prefix prefix_for(int descriptor, const char* journal_stream) {
  struct stat status{};
  if (journal_stream == nullptr || ::fstat(descriptor, &status) != 0) return Prefix::time;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == journal_stream ? Prefix::priority : Prefix::time;
}

void append_line(Buffer& out, const Record& record, Format format, Prefix prefix) {
  if (is_xinetd(format)) return append_xinetd_line(out, record, format, prefix);
  if (prefix == Prefix::priority) {
    append_priority(out, record.level);
  } else if (format == Format::text) {
    append_time(out, record.time);
    out.push_back(' ');
  }
  if (format == Format::json)
    append_json(out, record);
  else
    append_text(out, record);
  out.push_back('\n');
}

bool DescriptorSink::deliver(const Record& record) {
  Buffer line;
  append_line(line, record, format_, prefix_);
  return line.size() == 0 || output_.write({line.data(), line.size()});
}

}  // namespace porterd::log
