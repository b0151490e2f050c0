// SPDX-License-Identifier: Apache-2.0
#include "worker/pipe_pool.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace porterd::worker {

std::expected<Pipe, int> PipePool::take() {
  if (!spare_.empty()) {
    auto pipe = std::move(spare_.back());
    spare_.pop_back();
    return pipe;
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return std::unexpected(errno);
  return Pipe{.reading = base::Fd(ends[0]), .writing = base::Fd(ends[1])};
}

void PipePool::give_back(Pipe pipe) {
  if (spare_.size() < limit_ && pipe.reading.is_open() && pipe.writing.is_open()) spare_.push_back(std::move(pipe));
}

}  // namespace porterd::worker
