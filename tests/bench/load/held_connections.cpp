// SPDX-License-Identifier: Apache-2.0
#include "held_connections.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "client_socket.h"
#include "report.h"

namespace bench {
namespace {

class HeldConnections {
 public:
  explicit HeldConnections(const Options& options) : options_(options) {}

  void open_all() {
    const double begin = now();
    double progress = begin;
    while (std::ssize(held_) < options_.count || opening_ > 0) {
      open_more();
      const long before = alive_;
      turn(100);
      const double time = now();
      if (alive_ != before) progress = time;
      if (time > begin + options_.seconds || time > progress + 10) break;
    }
    const double seconds = now() - begin;
    Report()
        .add("alive", static_cast<double>(alive_))
        .add("errors", static_cast<double>(errors_))
        .add("pending", static_cast<double>(opening_))
        .add_rate(seconds, alive_)
        .add(latencies_)
        .print();
    while (now() < begin + options_.seconds && !has_input()) turn(50);
  }

 private:
  struct Held {
    int fd = -1;
    long received = 0;
    bool is_up = false;
    double begin = 0;
  };

  static bool has_input() {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, 0) > 0;
  }

  void open_more() {
    while (opening_ < options_.clients && std::ssize(held_) < options_.count) {
      const double begin = now();
      const int fd = start_connect(options_).fd;
      held_.push_back({.fd = fd, .begin = begin});
      if (fd < 0) {
        ++errors_;
        continue;
      }
      ++opening_;
      poll_.add(fd, static_cast<std::uint32_t>(held_.size() - 1), EPOLLIN);
    }
  }

  void turn(int milliseconds) {
    const int ready = poll_.wait(milliseconds);
    for (int position = 0; position < ready; ++position) receive(held_[poll_[position].data.u32]);
  }

  void receive(Held& held) {
    char buffer[256];
    const ssize_t got = recv(held.fd, buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose(held);
    held.received += got;
    if (held.is_up || held.received < std::ssize(options_.expect)) return;
    held.is_up = true;
    ++alive_, --opening_;
    latencies_.add(now() - held.begin);
  }

  void lose(Held& held) {
    --(held.is_up ? alive_ : opening_);
    ++errors_;
    close(held.fd);
  }

  const Options& options_;
  Poll poll_;
  std::vector<Held> held_;
  Latencies latencies_;
  long alive_ = 0, opening_ = 0, errors_ = 0;
};

}  // namespace

void hold_connections(const Options& options) { HeldConnections(options).open_all(); }

}  // namespace bench
