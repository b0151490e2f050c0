// SPDX-License-Identifier: Apache-2.0
//
// Leaves out records that are less severe than a level, which may be changed while it runs.
#pragma once

#include <memory>
#include <utility>

#include "log/sink.h"

namespace porterd::log {

class LevelFilter final : public Sink {
 public:
  /// What passes whatever its level is.
  using Exempt = bool (*)(const Body& body);

  LevelFilter(std::unique_ptr<Sink> next, base::Level level, Exempt exempt = nullptr)
      : next_(std::move(next)), level_(level), exempt_(exempt) {}

  void write(const Record& record) override {
    if (record.level <= level_ || (exempt_ != nullptr && exempt_(record.body))) next_->write(record);
  }
  base::Status reopen() override { return next_->reopen(); }
  [[nodiscard]] bool has_pending() const override { return next_->has_pending(); }
  void flush(base::WallTime now) override { next_->flush(now); }

  void set_level(base::Level level) { level_ = level; }

 private:
  std::unique_ptr<Sink> next_;
  base::Level level_;
  Exempt exempt_;
};

}  // namespace porterd::log
