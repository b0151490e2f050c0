// SPDX-License-Identifier: Apache-2.0
#include "datagrams.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

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

// Sends from another network of 127.0.0.0/8 each time: porterd's built-in services answer one network only so often.
class ManySources {
 public:
  explicit ManySources(const Options& options)
      : target_(options.target), fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  bool send(std::vector<char>& message) {
    iovec data{.iov_base = message.data(), .iov_len = message.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(in_pktinfo))] = {};
    msghdr header{};
    header.msg_name = &target_;
    header.msg_namelen = sizeof target_;
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
    in_pktinfo source{};
    source.ipi_spec_dst.s_addr = htonl(kFirst + number_++ % kNetworks * 256);
    std::memcpy(CMSG_DATA(part), &source, sizeof source);
    return sendmsg(fd_, &header, 0) >= 0;
  }
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  static constexpr std::uint32_t kFirst = 0x7f400001;  // 127.64.0.1
  static constexpr std::uint32_t kNetworks = 16384;

  sockaddr_in target_;
  int fd_;
  std::uint32_t number_ = 0;
};

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
  ManySources sources(options);
  const int fd = sources.descriptor();
  std::vector<char> message(static_cast<std::size_t>(options.block), 'x');
  std::vector<char> answer(message);
  long sent = 0, received = 0, lost = 0;
  const double begin = now();
  while (received + lost < options.count && now() < begin + options.seconds) {
    while (sent < received + lost + options.clients && sent < options.count) {
      if (!sources.send(message)) break;
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
