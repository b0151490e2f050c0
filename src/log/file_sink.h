// SPDX-License-Identifier: Apache-2.0
//
// Lines appended to a file, made with mode 0640 when absent. Its size may be limited.
//
//   open ── beyond the soft limit: said once ──▶ warned ── beyond the hard one: said ──▶ full: nothing is written
//   any  ── reopen() ──▶ open;  warned ── somebody has cut the file short ──▶ open
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "log/form.h"
#include "log/line_output.h"
#include "log/lossy_sink.h"

namespace porterd::log {

class FileSink final : public LossySink {
 public:
  /// Opens (or makes) the file at `target.path`. For root a symbolic link is an error where others than root may write
  /// to its folder: it could lead to any file of the machine.
  [[nodiscard]] static base::Result<std::unique_ptr<Sink>> open(const Target& target, Format format);
  base::Status reopen() override;

 private:
  enum class State : std::uint8_t { open, warned, closing, full };

  FileSink(const Target& target, Format format, base::Fd file);
  bool deliver(const Record& record) override;
  void look_at_size();
  [[nodiscard]] std::uint64_t size_of_file() const;

  std::string path_;
  Format format_;
  SizeLimits limits_;
  OnSizeLimit on_limit_;
  int number_;  ///< of what output_ has open
  LineOutput output_;
  std::uint64_t size_ = 0;  ///< as far as we know: counted only with limits
  State state_ = State::open;
};

}  // namespace porterd::log
