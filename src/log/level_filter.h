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
  LevelFilter(std::unique_ptr<Sink> next, base::Level level) : next_(std::move(next)), level_(level) {}

  void write(const Record& record) override {
    if (record.level <= level_) next_->write(record);
  }
  base::Status reopen() override { return next_->reopen(); }
  [[nodiscard]] bool has_pending() const override { return next_->has_pending(); }
  void flush(base::WallTime now) override { next_->flush(now); }

  void set_level(base::Level level) { level_ = level; }

 private:
  std::unique_ptr<Sink> next_;
  base::Level level_;
};

}  // namespace porterd::log
