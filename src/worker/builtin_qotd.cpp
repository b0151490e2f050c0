// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

constexpr std::size_t kLongestDatagram = 512;  // RFC 865

/// Any of them, as the clock's finest digits have it; nothing when there is none.
std::string_view choose(const std::vector<std::string>& quotations, base::WallTime now) {
  if (quotations.empty()) return {};
  // Fibonacci hashing, as a clock may tick in steps.
  const auto ticks = static_cast<std::uint64_t>(now.time_since_epoch().count()) * 0x9E37'79B9'7F4A'7C15U >> 32U;
  return quotations[ticks % quotations.size()];
}

class Qotd final : public StreamBuiltin {
 public:
  explicit Qotd(const std::vector<std::string>& quotations) : quotations_(quotations) {}
  Wish begin(base::WallTime now, std::string& out) override {
    left_ = choose(quotations_, now);
    return produce(out);
  }
  Wish produce(std::string& out) override {
    const auto part = left_.substr(0, kChunk);
    left_.remove_prefix(part.size());
    out += part;
    return left_.empty() ? Wish::finish : Wish::produce;
  }

 private:
  const std::vector<std::string>& quotations_;
  std::string_view left_;
};

class QotdDatagram final : public DatagramBuiltin {
 public:
  explicit QotdDatagram(const std::vector<std::string>& quotations) : quotations_(quotations) {}
  bool answer(std::string_view /*request*/, base::WallTime now, std::string& out) override {
    out += choose(quotations_, now).substr(0, kLongestDatagram);
    return true;
  }

 private:
  const std::vector<std::string>& quotations_;
};

}  // namespace

std::vector<std::string> split_quotations(std::string_view text) {
  std::vector<std::string> quotations;
  std::string current;
  const auto finish = [&] {
    if (!current.empty()) quotations.push_back(std::move(current));
    current.clear();
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "%")
      finish();
    else
      current.append(line).append("\r\n");
  }
  finish();
  return quotations;
}

std::unique_ptr<StreamBuiltin> make_qotd(const BuiltinSettings& settings) {
  return std::make_unique<Qotd>(settings.quotations);
}
std::unique_ptr<DatagramBuiltin> make_qotd_datagram(const BuiltinSettings& settings) {
  return std::make_unique<QotdDatagram>(settings.quotations);
}

}  // namespace porterd::worker
