// SPDX-License-Identifier: Apache-2.0
#include "os/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "os/descriptors.h"

namespace porterd::os {

base::Result<std::string> read_file(const std::string& path) {
  constexpr std::size_t kLargest = 16U << 20U;
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) return base::failure_errno("open " + path);
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return base::failure_errno("stat " + path);
  if (!S_ISREG(status.st_mode)) return base::failure("open " + path + ": not a regular file");
  std::string text;
  std::array<char, 16384> chunk;
  ssize_t bytes = 0;
  while ((bytes = ::read(file.number(), chunk.data(), chunk.size())) > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
    if (text.size() > kLargest) return base::failure(EFBIG, "read " + path);
  }
  if (bytes < 0) return base::failure_errno("read " + path);
  return text;
}

base::Result<base::Fd> open_for_append(const std::string& path, mode_t mode) {
  base::Fd file(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, mode));
  if (!file.is_open()) return base::failure_errno("open " + path);
  if (::fcntl(file.number(), F_SETFL, O_APPEND) != 0) return base::failure_errno("open " + path);  // its user may wait
  return move_high(std::move(file));
}

base::Status replace_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  {
    const base::Fd file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.is_open()) return base::failure_errno("open " + draft);
    while (!text.empty()) {
      const ssize_t bytes = ::write(file.number(), text.data(), text.size());
      if (bytes < 0) return base::failure_errno("write " + draft);
      text.remove_prefix(static_cast<std::size_t>(bytes));
    }
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return base::failure_errno("rename " + draft);
  return {};
}

base::Result<PidFile> PidFile::create(const std::string& path) {
  constexpr mode_t kReadableByAll = 0644;
  base::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, kReadableByAll));
  if (!file.is_open()) return base::failure_errno("pid file " + path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
    return base::failure_errno("pid file " + path + ": another porterd runs");
  const std::string line = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) != 0 || ::write(file.number(), line.data(), line.size()) < 0)
    return base::failure_errno("pid file " + path);
  return PidFile(path, move_high(std::move(file)));
}

PidFile::~PidFile() {
  if (descriptor_.is_open()) ::unlink(path_.c_str());
}

}  // namespace porterd::os
