// SPDX-License-Identifier: Apache-2.0
#include "log/journal_sink.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <iterator>

#include "log/fields.h"
#include "log/syslog_sink.h"
#include "log/xinetd_form.h"

namespace porterd::log {
namespace {

// "NAME=value\n", or with the size in front where the value has a line end of its own.
void append_value_of(Buffer& out, std::string_view value) {
  if (value.find('\n') == value.npos) {
    out.push_back('=');
  } else {
    out.push_back('\n');
    for (unsigned shift = 0; shift < 64; shift += 8)
      out.push_back(static_cast<char>(std::uint64_t{value.size()} >> shift));
  }
  append(out, value);
  out.push_back('\n');
}

void append_field(Buffer& out, std::string_view name, std::string_view value) {
  append(out, name);
  append_value_of(out, value);
}

class JournalForm final : public FieldTaker {
 public:
  explicit JournalForm(Buffer& out) : out_(out) {}

  void text(std::string_view name, std::string_view value) override {
    append(out_, "PORTERD_");
    for (const char letter : name)
      out_.push_back(letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter);
    append_value_of(out_, value);
  }
  void sentence(std::string_view name, std::string_view value) override { text(name, value); }
  void number(std::string_view name, std::int64_t value) override { text(name, fmt::format_int(value).c_str()); }
  void duration(std::string_view name, std::chrono::microseconds value) override {
    Buffer seconds;
    append_seconds(seconds, value);
    text(name, {seconds.data(), seconds.size()});
  }

 private:
  Buffer& out_;
};

// Sealed, because journald maps what it gets this way.
base::Fd sealed_copy(std::string_view text) {
  base::Fd memory(::memfd_create("porterd-record", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.is_open()) return {};
  if (::write(memory.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return {};
  if (::fcntl(memory.number(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) return {};
  return memory;
}

}  // namespace

JournalSink::JournalSink(const Target& target, Format format)
    : socket_(target.path.empty() ? "/run/systemd/journal/socket" : target.path),
      name_(target.name),
      success_(target.success),
      format_(format) {
  socket_.open();
}

bool JournalSink::deliver(const Record& record) {
  Buffer message;
  if (!is_xinetd(format_))
    append_text(message, record);
  else if (!append_xinetd(message, record, format_, XinetdHead::none))
    return true;
  Buffer entry;
  append_field(entry, "MESSAGE", {message.data(), message.size()});
  append_field(entry, "PRIORITY", fmt::format_int(priority_of(record, success_, format_)).c_str());
  append_field(entry, "SYSLOG_IDENTIFIER", name_);
  append_field(entry, "PORTERD_EVENT", event_of(record));
  JournalForm form(entry);
  describe(record, form);
  const std::string_view datagram(entry.data(), entry.size());
  const int error = socket_.send(datagram);
  if (error != EMSGSIZE && error != ENOBUFS) return error == 0;
  const base::Fd memory = sealed_copy(datagram);
  return memory.is_open() && socket_.send({}, memory.number()) == 0;
}

}  // namespace porterd::log
