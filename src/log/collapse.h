// SPDX-License-Identifier: Apache-2.0
//
// Repeats collapse: of messages, refusals and failures of one kind (same event, service, reason or step, and source
// address where that is shown) the first ten within a second are written, the others counted and written as one line
// when the second is over, e.g. `refused service=finger source=192.0.2.1 reason=address repeated=4711`. So a flood
// hides nobody else. Where very many sources come at once, those beyond kMostKinds are counted together. Starts, ends
// and output always pass. The clock is the records' own time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "log/sink.h"

namespace porterd::log {

class Collapse final : public Sink {
 public:
  static constexpr std::uint32_t kLimit = 10;  ///< written per kind and period
  static constexpr std::chrono::seconds kPeriod{1};
  static constexpr std::size_t kMostKinds = 1024;  ///< with a source of their own at a time

  explicit Collapse(std::unique_ptr<Sink> next) : next_(std::move(next)) {}

  void write(const Record& record) override;
  base::Status reopen() override { return next_->reopen(); }
  [[nodiscard]] bool has_pending() const override { return held_back_ > 0 || next_->has_pending(); }
  /// Writes the counts of seconds that are over, and forgets kinds that have become quiet.
  void flush(base::WallTime now) override;

 private:
  /// One kind within its current period.
  struct Burst {
    base::WallTime begin;
    base::Level level = base::Level::info;
    std::uint32_t written = 0;
    std::int64_t held_back = 0;
  };
  using Bursts = std::map<std::string, Burst, std::less<>>;  ///< by the parts of a kind

  [[nodiscard]] bool has_room(base::WallTime now);
  [[nodiscard]] Burst& burst_of(const Record& record);
  void report(const std::string& key, Burst& burst, base::WallTime now);
  void forget_quiet(base::WallTime now);

  std::unique_ptr<Sink> next_;
  Bursts bursts_;
  std::string key_;         ///< kept for its memory
  base::WallTime cleaned_;  ///< when quiet kinds were last forgotten to make room
  std::int64_t held_back_ = 0;
};

}  // namespace porterd::log
