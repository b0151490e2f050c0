// SPDX-License-Identifier: Apache-2.0
//
// What servers write to descriptor 2. All servers of one user share one socket pair, whose writing end they get: the
// kernel names the writer of each message (SCM_CREDENTIALS, unix(7)), so it costs no descriptor and no system call per
// connection. Of one write(2) the first 8192 bytes are read. The writing end never blocks: a server that floods it
// loses lines and does not stop. Servers of different users do not share one, as one of them could shut it down for the
// others.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/fd.h"
#include "base/result.h"
#include "event/loop.h"

namespace porterd::session {

/// Who gets the lines.
class OutputReader {
 public:
  virtual ~OutputReader() = default;
  /// `writer` wrote a line; its line end is cut off, and it is not empty. The writer may be a server or a child of one,
  /// and may have gone. `cut` bytes that it wrote after the line at the same time were too much and are lost.
  virtual void on_line(pid_t writer, std::string_view line, std::size_t cut) noexcept = 0;
};

class OutputChannel {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<OutputChannel>> open(event::Loop& loop, OutputReader& reader);

  /// Reads what has come and hands out the unfinished line of `writer`, whose session is about to end.
  void finish(pid_t writer);

  /// For descriptor 2 of the next server. The number is always the same, also when a server has shut the old pair down.
  [[nodiscard]] int writing_end() const { return writing_.number(); }

  OutputChannel(const OutputChannel&) = delete;
  OutputChannel& operator=(const OutputChannel&) = delete;
  ~OutputChannel() = default;

 private:
  OutputChannel(event::Loop& loop, OutputReader& reader);
  [[nodiscard]] base::Status make_pair();
  void make_anew();
  void on_readable();
  /// Reads one message and returns its size; nothing when there is none.
  std::optional<std::size_t> read_one();
  void split(pid_t writer, std::string_view text, std::size_t cut);
  void hand_out(pid_t writer, std::string_view line, std::size_t cut = 0);
  void hand_out_unfinished();

  static constexpr std::size_t kLongestLine = 2048;
  static constexpr std::size_t kUnfinishedLines = 64;
  static constexpr std::chrono::seconds kPatience{1};  ///< how long a line may stay unfinished
  static constexpr std::chrono::seconds kDelay{1};     ///< until the next try to make a pair
  event::Loop& loop_;
  OutputReader& reader_;
  base::Fd writing_;
  base::Fd reading_;
  std::unique_ptr<event::Watch> watch_;
  std::unordered_map<pid_t, std::string> unfinished_;  ///< lines written in pieces
  event::Timer unfinished_timer_;
  event::Timer anew_timer_;  ///< runs while the pair is shut down and no other could be made
};

}  // namespace porterd::session
