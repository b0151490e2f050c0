// SPDX-License-Identifier: Apache-2.0
#include "log/line_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <string>

namespace porterd::log {
namespace {

base::Fd open_anew(int descriptor) {
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  return base::Fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

// POLLOUT of a pipe means that PIPE_BUF bytes fit (pipe(7)); only another writer may be faster.
bool is_ready(int descriptor) {
  pollfd poll{descriptor, POLLOUT, 0};
  return ::poll(&poll, 1, 0) == 1 && (poll.revents & POLLOUT) != 0;
}

// The views are not written to: iovec has no const form.
iovec part(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

ssize_t send_parts(int descriptor, iovec* parts, std::size_t count) {
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  return ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

base::Result<LineOutput> LineOutput::share(int descriptor) {
  const std::string what = "log to descriptor " + std::to_string(descriptor);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return base::failure_errno(what);
  const bool may_block = S_ISFIFO(status.st_mode) || ::isatty(descriptor) == 1;
  if (may_block)
    if (base::Fd own = open_anew(descriptor); own.is_open()) return LineOutput(std::move(own), Way::write);
  base::Fd copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
  if (!copy.is_open()) return base::failure_errno(what);
  if (may_block) return LineOutput(std::move(copy), Way::write_when_ready);
  return LineOutput(std::move(copy), S_ISSOCK(status.st_mode) ? Way::send : Way::write);
}

bool LineOutput::write(std::string_view line) {
  if (way_ == Way::write_when_ready && !is_ready(fd_.number())) return false;
  iovec parts[] = {part("\n"), part(line)};
  const int first = is_line_broken_ ? 0 : 1;
  const int count = 2 - first;
  const std::size_t size = line.size() + (is_line_broken_ ? 1 : 0);
  const ssize_t written = way_ == Way::send ? send_parts(fd_.number(), parts + first, static_cast<std::size_t>(count))
                                            : ::writev(fd_.number(), parts + first, count);
  if (written <= 0) return false;
  is_line_broken_ = static_cast<std::size_t>(written) < size;
  return !is_line_broken_;
}

}  // namespace porterd::log
