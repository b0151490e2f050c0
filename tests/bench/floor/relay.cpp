// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "sockets.h"
#include "streams.h"

namespace bench {
namespace {

constexpr int kPipeSize = 1 << 20;

// One direction: from a socket through a pipe to the other socket.
class Half {
 public:
  Half(int from, int to) : from_(from), to_(to) {
    if (pipe2(pipe_, O_NONBLOCK | O_CLOEXEC) != 0) fail("pipe2");
    fcntl(pipe_[1], F_SETPIPE_SZ, kPipeSize);
  }
  Half(const Half&) = delete;
  Half& operator=(const Half&) = delete;
  ~Half() {
    close(pipe_[0]);
    close(pipe_[1]);
  }

  // Moves what can be moved now; true if that was anything.
  bool move() {
    if (is_done_) return false;
    const bool has_moved = (!is_at_end_ && fill()) | (held_ > 0 && drain());
    if (is_at_end_ && held_ == 0) {
      shutdown(to_, SHUT_WR);
      is_done_ = true;
    }
    return has_moved;
  }
  [[nodiscard]] bool is_done() const { return is_done_; }

 private:
  static ssize_t pass(int from, int to, long length) {
    return splice(from, nullptr, to, nullptr, static_cast<std::size_t>(length), SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  }
  bool fill() {
    const ssize_t got = pass(from_, pipe_[1], kPipeSize);
    if (got > 0) held_ += got;
    is_at_end_ = got == 0 || (got < 0 && errno != EAGAIN);
    return got > 0;
  }
  bool drain() {
    const ssize_t sent = pass(pipe_[0], to_, held_);
    if (sent > 0) held_ -= sent;
    if (sent < 0 && errno != EAGAIN) held_ = 0, is_at_end_ = true;
    return sent > 0;
  }

  int from_, to_;
  int pipe_[2] = {};
  long held_ = 0;
  bool is_at_end_ = false, is_done_ = false;
};

struct Pair {
  Pair(int from, int to) : client(from), target(to), up(from, to), down(to, from) {}
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    close(client);
    close(target);
  }

  int client, target;
  Half up, down;
};

int connect_to(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

void accept_all(const Poll& poll, int listener, std::uint16_t target) {
  for (int client = 0; (client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    auto* pair = new Pair(client, connect_to(target));  // deleted when its server has finished
    poll.add_edges(pair->client, pair);
    poll.add_edges(pair->target, pair);
  }
}

}  // namespace

void relay(const Options& options) {
  const Poll poll;
  const int listener = bound_socket(options, options.port);
  fcntl(listener, F_SETFL, O_NONBLOCK);
  poll.add(listener, 0);
  std::vector<Pair*> ended;
  for (epoll_event events[128];;) {
    const int ready = epoll_wait(poll.descriptor(), events, 128, -1);
    for (int position = 0; position < ready; ++position) {
      auto* pair = static_cast<Pair*>(events[position].data.ptr);
      if (pair == nullptr) {
        accept_all(poll, listener, options.target_port);
        continue;
      }
      const bool was_done = pair->down.is_done();
      while (pair->up.move() | pair->down.move()) continue;
      if (!was_done && pair->down.is_done()) ended.push_back(pair);
    }
    for (const Pair* pair : ended) delete pair;  // only now: another event of this turn may have been for it
    ended.clear();
  }
}

}  // namespace bench
