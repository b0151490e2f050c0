// SPDX-License-Identifier: Apache-2.0
//
// Records that several tests of log/ write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/sink.h"

namespace porterd::log {

/// 2026-11-22T06:09:10.123Z
inline const base::WallTime kTime{std::chrono::milliseconds(1'795'327'750'123)};

[[nodiscard]] inline Connection connection() {
  return {.service = "finger",
          .id = 0x5f3a,
          .peer = base::Endpoint{*base::parse_address("192.0.2.1"), 40001},
          .local = base::Endpoint{*base::parse_address("192.0.2.9"), 79}};
}

template <typename Body>
[[nodiscard]] Record record(Body body, base::Level level = base::Level::info, base::WallTime time = kTime) {
  return {level, time, std::move(body)};
}

[[nodiscard]] inline Record message(std::string_view event, std::string_view text = {}) {
  return record(Message{event, {}, {}, text});
}

[[nodiscard]] inline std::string text_of(const Record& record) {
  Buffer out;
  append_text(out, record);
  return {out.data(), out.size()};
}

[[nodiscard]] inline std::string json_of(const Record& record) {
  Buffer out;
  append_json(out, record);
  return {out.data(), out.size()};
}

/// Keeps the text form of what it is given in a vector that outlives it.
class KeepingSink final : public Sink {
 public:
  explicit KeepingSink(std::vector<std::string>& lines) : lines_(lines) {}
  void write(const Record& record) override { lines_.push_back(text_of(record)); }

 private:
  std::vector<std::string>& lines_;
};

}  // namespace porterd::log
