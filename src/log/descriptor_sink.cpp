// SPDX-License-Identifier: Apache-2.0
#include "log/descriptor_sink.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <iterator>

namespace porterd::log {
namespace {

// O_NONBLOCK: a FIFO without a reader is an error, and a full one loses lines; regular files do not care.
base::Result<LineOutput> open_log(const std::string& path) {
  base::Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640));
  if (!fd.is_open()) return base::failure_errno("open log file " + path);
  return LineOutput(std::move(fd));
}

}  // namespace

Prefix prefix_for(int descriptor, const char* journal_stream) {
  struct stat status{};
  if (journal_stream == nullptr || ::fstat(descriptor, &status) != 0) return Prefix::time;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == journal_stream ? Prefix::priority : Prefix::time;
}

void append_line(Buffer& out, const Record& record, Format format, Prefix prefix) {
  if (prefix == Prefix::priority) {
    fmt::format_to(std::back_inserter(out), "<{}>", base::syslog_priority(record.level));
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
  return output_.write({line.data(), line.size()});
}

base::Result<std::unique_ptr<Sink>> FileSink::open(std::string path, Format format) {
  PORTERD_TRY_ASSIGN(LineOutput output, open_log(path));
  return std::unique_ptr<Sink>(new FileSink(std::move(path), format, std::move(output)));
}

base::Status FileSink::reopen() {
  PORTERD_TRY_ASSIGN(output_, open_log(path_));
  return {};
}

bool FileSink::deliver(const Record& record) {
  Buffer line;
  append_line(line, record, format_, Prefix::time);
  return output_.write({line.data(), line.size()});
}

}  // namespace porterd::log
