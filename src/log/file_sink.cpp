// SPDX-License-Identifier: Apache-2.0
#include "log/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "log/descriptor_sink.h"

namespace porterd::log {
namespace {

// Links in such a folder are root's own.
bool is_roots_own(const std::string& folder) {
  struct stat status{};
  return ::stat(folder.c_str(), &status) == 0 && status.st_uid == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

base::Result<base::Fd> open_log(const std::string& path) {
  constexpr mode_t kOwnerWritesGroupReads = 0640;
  // O_NONBLOCK: a FIFO without a reader is an error, and a full one loses lines; regular files do not care.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  base::Fd file(::open(path.c_str(), kFlags | O_NOFOLLOW, kOwnerWritesGroupReads));
  if (!file.is_open() && errno == ELOOP) {
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    if (::geteuid() == 0 && !is_roots_own(folder))
      return base::failure(ELOOP, "open log file " + path + ": a link in a folder that others may write to");
    file = base::Fd(::open(path.c_str(), kFlags, kOwnerWritesGroupReads));
  }
  if (!file.is_open()) return base::failure_errno("open log file " + path);
  return file;
}

}  // namespace

FileSink::FileSink(const Target& target, Format format, base::Fd file)
    : path_(target.path),
      format_(format),
      limits_(target.limits),
      on_limit_(target.on_limit),
      number_(file.number()),
      output_(std::move(file)),
      size_(size_of_file()) {}

base::Result<std::unique_ptr<Sink>> FileSink::open(const Target& target, Format format) {
  PORTERD_TRY_ASSIGN(base::Fd file, open_log(target.path));
  return std::unique_ptr<Sink>(new FileSink(target, format, std::move(file)));
}

base::Status FileSink::reopen() {
  PORTERD_TRY_ASSIGN(base::Fd file, open_log(path_));
  number_ = file.number();
  output_ = LineOutput(std::move(file));
  size_ = size_of_file();
  state_ = State::open;
  return {};
}

std::uint64_t FileSink::size_of_file() const {
  struct stat status{};
  return ::fstat(number_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

bool FileSink::deliver(const Record& record) {
  if (state_ == State::full) return true;  // as was said; not to be counted as lost
  Buffer line;
  append_line(line, record, format_, Prefix::time);
  if (line.size() == 0) return true;
  if (!output_.write({line.data(), line.size()})) return false;
  size_ += line.size();
  if (limits_.soft != 0 && size_ > limits_.soft) look_at_size();
  return true;
}

void FileSink::look_at_size() {
  if (state_ == State::closing || (state_ == State::warned && size_ <= limits_.hard)) return;
  size_ = size_of_file();  // it may have been cut short, or others write to it as well
  if (size_ <= limits_.soft) {
    state_ = State::open;
    return;
  }
  if (state_ == State::open) {
    state_ = State::warned;
    if (on_limit_) on_limit_(SizeLimit::soft);
  }
  if (size_ <= limits_.hard || state_ != State::warned) return;
  state_ = State::closing;  // what is said about it may come to this file
  if (on_limit_) on_limit_(SizeLimit::hard);
  state_ = State::full;
}

}  // namespace porterd::log
