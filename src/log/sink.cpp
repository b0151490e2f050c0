// SPDX-License-Identifier: Apache-2.0
#include "log/sink.h"

#include <cstdlib>
#include <utility>

#include "log/collapse.h"
#include "log/descriptor_sink.h"
#include "log/file_sink.h"
#include "log/journal_sink.h"
#include "log/level_filter.h"
#include "log/syslog_sink.h"
#include "log/xinetd_form.h"

namespace porterd::log {
namespace {

base::Result<std::unique_ptr<Sink>> make_descriptor_sink(int descriptor, Format format) {
  PORTERD_TRY_ASSIGN(LineOutput output, LineOutput::share(descriptor));
  const Prefix prefix = prefix_for(descriptor, std::getenv("JOURNAL_STREAM"));
  return std::make_unique<DescriptorSink>(std::move(output), format, prefix);
}

base::Result<std::unique_ptr<Sink>> make_plain_sink(const Target& target, Format format) {
  switch (target.kind) {
    case Target::Kind::none:
      break;
    case Target::Kind::descriptor:
      return make_descriptor_sink(target.descriptor, format);
    case Target::Kind::file:
      return FileSink::open(target, format);
    case Target::Kind::syslog:
      return std::make_unique<SyslogSink>(target, format);
    case Target::Kind::journal:
      return std::make_unique<JournalSink>(target, format);
  }
  return std::make_unique<NullSink>();
}

}  // namespace

base::Result<std::unique_ptr<Sink>> make_sink(const Target& target, Format format, base::Level level) {
  PORTERD_TRY_ASSIGN(std::unique_ptr<Sink> sink, make_plain_sink(target, format));
  if (!is_xinetd(format)) sink = std::make_unique<Collapse>(std::move(sink));
  // Which of xinetd's lines there are is for log_on_success and log_on_failure to say.
  return std::make_unique<LevelFilter>(std::move(sink), level, is_xinetd(format) ? &is_service_line : nullptr);
}

}  // namespace porterd::log
