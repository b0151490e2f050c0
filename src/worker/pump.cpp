// SPDX-License-Identifier: Apache-2.0
#include "worker/pump.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace porterd::worker {
namespace {

constexpr std::size_t kPiece = 65536;  // what a pipe holds, pipe(7)

/// splice(2) of up to `size` bytes, again when a signal came between.
ssize_t splice_bytes(int from, int to, std::size_t size) {
  ssize_t bytes = -1;
  do {
    bytes = ::splice(from, nullptr, to, nullptr, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  } while (bytes < 0 && errno == EINTR);
  return bytes;
}

}  // namespace

Pump::Step Pump::move() {
  // The other connections of this process want their turn: a megabyte, and then whatever is ready next.
  constexpr int kRounds = 16;
  Step step{.need = Need::source};
  for (int round = 0; round < kRounds && !is_over_; ++round) {
    if (in_pipe_ == 0) step = fill();
    if (in_pipe_ == 0) break;
    step = empty();
    if (step.need != Need::source) break;
  }
  if (in_pipe_ == 0) give_pipe_back();
  return is_over_ ? Step{.need = Need::nothing} : step;
}

Pump::Step Pump::fill() {
  if (!pipe_) {
    auto taken = pipes_.take();
    if (!taken) return {.need = Need::no_descriptor, .error = taken.error()};
    pipe_ = std::move(*taken);
  }
  const ssize_t bytes = splice_bytes(source_, pipe_->writing.number(), kPiece);
  if (bytes == 0) return finish();
  if (bytes < 0) return errno == EAGAIN ? Step{.need = Need::source} : Step{.need = Need::source_broke, .error = errno};
  in_pipe_ = static_cast<std::size_t>(bytes);
  return {.need = Need::sink};
}

Pump::Step Pump::empty() {
  while (in_pipe_ > 0) {
    const ssize_t bytes = splice_bytes(pipe_->reading.number(), sink_, in_pipe_);
    if (bytes < 0) return errno == EAGAIN ? Step{.need = Need::sink} : Step{.need = Need::sink_broke, .error = errno};
    in_pipe_ -= static_cast<std::size_t>(bytes);
    bytes_ += static_cast<std::uint64_t>(bytes);
  }
  return {.need = Need::source};
}

Pump::Step Pump::finish() {
  ::shutdown(sink_, SHUT_WR);
  is_over_ = true;
  return {.need = Need::nothing};
}

void Pump::give_pipe_back() {
  if (pipe_) pipes_.give_back(*std::exchange(pipe_, std::nullopt));
}

}  // namespace porterd::worker
