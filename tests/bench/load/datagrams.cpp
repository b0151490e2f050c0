// SPDX-License-Identifier: Apache-2.0
#include "datagrams.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "client_socket.h"
#include "report.h"

namespace bench {
namespace {

bool is_readable(int fd, double seconds) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return seconds > 0 && poll(&watched, 1, static_cast<int>(seconds * 1000) + 1) > 0;
}

// Whether the answer to this number comes in time. Answers to earlier ones that were given up are left out.
bool is_answered(int fd, long number, double end) {
  while (is_readable(fd, end - now())) {
    long answer[8] = {};
    if (recv(fd, answer, sizeof answer, MSG_DONTWAIT) == sizeof answer && answer[0] == number) return true;
  }
  return false;
}

}  // namespace

void run_datagrams(const Options& options) {
  const int fd = datagram_socket(options);
  const std::vector<char> message(static_cast<std::size_t>(options.block), 'x');
  std::vector<char> answer(message);
  long sent = 0, received = 0, lost = 0;
  const double begin = now();
  while (received + lost < options.count && now() < begin + options.seconds) {
    while (sent < received + lost + options.clients && sent < options.count) {
      if (send(fd, message.data(), message.size(), 0) < 0 && errno != ECONNREFUSED) break;
      ++sent;
    }
    if (recv(fd, answer.data(), answer.size(), MSG_DONTWAIT) > 0) {
      ++received;
      continue;
    }
    if (!is_readable(fd, 0.2)) lost = sent - received;
  }
  Report()
      .add("ok", static_cast<double>(received))
      .add("lost", static_cast<double>(lost))
      .add_rate(now() - begin, received)
      .print();
}

void run_requests(const Options& options) {
  const int fd = datagram_socket(options);
  Latencies latencies;
  long lost = 0;
  const double begin = now();
  for (long number = 1; number <= options.count && now() < begin + options.seconds; ++number) {
    const long message[8] = {number};
    const double sent = now();
    send(fd, message, sizeof message, 0);
    if (is_answered(fd, number, sent + options.patience))
      latencies.add(now() - sent);
    else
      ++lost;
  }
  Report()
      .add("ok", static_cast<double>(latencies.count()))
      .add("lost", static_cast<double>(lost))
      .add_rate(now() - begin, latencies.count())
      .add(latencies)
      .print();
}

}  // namespace bench
