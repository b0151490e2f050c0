// SPDX-License-Identifier: Apache-2.0
#include "log/form.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/enum_names.h"
#include "log/fields.h"

namespace porterd::log {
namespace {

// Digits and sign of any std::int64_t, or of any number of microseconds as seconds.
constexpr std::size_t kLongestNumber = 21;
// Quotes and the mark of a cut.
constexpr std::size_t kShortestValue = 5;

/// What both forms share: a field is begun only if it can be ended within the limit.
class LineForm : public FieldTaker {
 public:
  LineForm(Buffer& out, std::size_t limit) : out_(out), limit_(limit) {}

  void number(std::string_view name, std::int64_t value) final {
    if (begin(name, kLongestNumber)) fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void duration(std::string_view name, std::chrono::microseconds value) final {
    if (begin(name, kLongestNumber)) append_seconds(out_, value);
  }

 protected:
  // Writes the name and what surrounds it, if `size` bytes of value fit after that.
  [[nodiscard]] virtual bool begin(std::string_view name, std::size_t size) = 0;

  Buffer& out_;
  std::size_t limit_;
};

class TextForm final : public LineForm {
 public:
  using LineForm::LineForm;

  void text(std::string_view name, std::string_view value) override {
    if (begin(name, kShortestValue)) append_value(out_, value, Quotes::when_needed, limit_);
  }
  void sentence(std::string_view name, std::string_view value) override {
    if (begin(name, kShortestValue)) append_value(out_, value, Quotes::always, limit_);
  }

 private:
  bool begin(std::string_view name, std::size_t size) override {
    if (out_.size() + 1 + name.size() + 1 + size > limit_) return false;
    out_.push_back(' ');
    append(out_, name);
    out_.push_back('=');
    return true;
  }
};

class JsonForm final : public LineForm {
 public:
  using LineForm::LineForm;

  void text(std::string_view name, std::string_view value) override {
    if (begin(name, kShortestValue)) append_json(out_, value, limit_);
  }
  void sentence(std::string_view name, std::string_view value) override { text(name, value); }

 private:
  bool begin(std::string_view name, std::size_t size) override {
    if (out_.size() + 4 + name.size() + size > limit_) return false;
    append(out_, ",\"");
    append(out_, name);
    append(out_, "\":");
    return true;
  }
};

}  // namespace

void append_seconds(Buffer& out, std::chrono::microseconds value) {
  const auto count = std::max(value.count(), std::chrono::microseconds::rep{0});
  const auto part = count % 1'000'000;
  if (part % 1000 == 0)
    fmt::format_to(std::back_inserter(out), "{}.{:03}", count / 1'000'000, part / 1000);
  else
    fmt::format_to(std::back_inserter(out), "{}.{:06}", count / 1'000'000, part);
}

void append_time(Buffer& out, base::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                 clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

void append_text(Buffer& out, const Record& record, std::size_t limit) {
  append(out, event_of(record));
  TextForm form(out, limit);
  describe(record, form);
}

void append_json(Buffer& out, const Record& record, std::size_t limit) {
  append(out, "{\"time\":\"");
  append_time(out, record.time);
  append(out, "\",\"level\":\"");
  append(out, base::name_of(record.level));
  append(out, "\",\"event\":");
  append_json(out, event_of(record), limit - 1);
  JsonForm form(out, limit - 1);
  describe(record, form);
  out.push_back('}');
}

}  // namespace porterd::log
