// SPDX-License-Identifier: Apache-2.0
#include "log/form.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/enum_names.h"
#include "log/fields.h"

namespace porterd::log {
namespace {

// Digits and sign of any std::int64_t, or of any number of microseconds as seconds.
constexpr std::size_t kLongestNumber = 21;
// Quotes and the mark of a cut.
constexpr std::size_t kShortestValue = 5;

// Each line has a time: this is a fifth of what a format string costs.
template <std::size_t kWidth, typename Number>
void append_digits(Buffer& out, Number value) {
  std::array<char, kWidth> digits;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, value /= 10)
    *digit = static_cast<char>('0' + value % 10);
  append(out, {digits.data(), digits.size()});
}

/// What both forms share: a field is begun only if it can be ended within the limit.
class LineForm : public FieldTaker {
 public:
  LineForm(Buffer& out, std::size_t limit) : out_(out), limit_(limit) {}

  void number(std::string_view name, std::int64_t value) final {
    if (!begin(name, kLongestNumber)) return;
    const fmt::format_int digits(value);
    append(out_, {digits.data(), digits.size()});
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
  const auto count = static_cast<std::uint64_t>(std::max(value.count(), std::chrono::microseconds::rep{0}));
  const fmt::format_int whole(count / 1'000'000);
  append(out, {whole.data(), whole.size()});
  out.push_back('.');
  const std::uint64_t part = count % 1'000'000;
  if (part % 1000 == 0)
    append_digits<3>(out, part / 1000);
  else
    append_digits<6>(out, part);
}

void append_time(Buffer& out, base::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  append_digits<4>(out, static_cast<int>(date.year()));
  out.push_back('-');
  append_digits<2>(out, static_cast<unsigned>(date.month()));
  out.push_back('-');
  append_digits<2>(out, static_cast<unsigned>(date.day()));
  out.push_back('T');
  append_digits<2>(out, clock.hours().count());
  out.push_back(':');
  append_digits<2>(out, clock.minutes().count());
  out.push_back(':');
  append_digits<2>(out, clock.seconds().count());
  out.push_back('.');
  append_digits<3>(out, clock.subseconds().count());
  out.push_back('Z');
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
