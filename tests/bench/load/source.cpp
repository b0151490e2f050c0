// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "client_socket.h"
#include "report.h"
#include "streams.h"

namespace bench {
namespace {

class Source {
 public:
  explicit Source(const Options& options)
      : options_(options),
        data_(1 << 18, 'z'),
        listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&options.target), sizeof options.target) != 0 ||
        listen(listener_, 4096) != 0)
      std::perror("load: source");
    poll_.add(listener_, static_cast<std::uint32_t>(listener_), EPOLLIN);
  }

  void run() {
    for (const double end = now() + options_.seconds; now() < end;) {
      const int ready = poll_.wait(100);
      for (int position = 0; position < ready; ++position) {
        const int fd = static_cast<int>(poll_[position].data.u32);
        fd == listener_ ? accept_all() : send(fd);
      }
    }
  }

 private:
  void accept_all() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const auto index = static_cast<std::size_t>(fd);
      if (left_.size() <= index) left_.resize(index + 1);
      left_[index] = options_.bytes;
      poll_.add(fd, static_cast<std::uint32_t>(fd), EPOLLOUT);
    }
  }

  void send(int fd) {
    long& left = left_[static_cast<std::size_t>(fd)];
    const auto length = static_cast<std::size_t>(std::min(left, static_cast<long>(data_.size())));
    const ssize_t sent = ::send(fd, data_.data(), length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    left -= std::max<ssize_t>(sent, 0);
    if (sent < 0 || left == 0) close(fd);
  }

  const Options& options_;
  Poll poll_;
  std::vector<char> data_;
  std::vector<long> left_;
  int listener_;
};

}  // namespace

void run_source(const Options& options) { Source(options).run(); }

}  // namespace bench
