// SPDX-License-Identifier: Apache-2.0
#include "streams.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "client_socket.h"
#include "report.h"

namespace bench {
namespace {

// A prime, so that bytes which are lost or come twice are noticed.
constexpr long kPeriod = 251;

struct Stream {
  int fd = -1;
  long sent = 0, received = 0;
  double begin = 0;
};

std::vector<Stream> connect_streams(const Options& options, const Poll& poll, std::uint32_t events) {
  std::vector<Stream> streams;
  for (const int fd : connect_all(options)) {
    poll.add(fd, static_cast<std::uint32_t>(streams.size()), events);
    streams.push_back({.fd = fd});
  }
  return streams;
}

std::vector<char> pattern(long length) {
  std::vector<char> bytes(static_cast<std::size_t>(length));
  for (long at = 0; at < length; ++at) bytes[static_cast<std::size_t>(at)] = static_cast<char>(at % kPeriod);
  return bytes;
}

class Echo {
 public:
  explicit Echo(const Options& options)
      : options_(options),
        pattern_(pattern(options.block + kPeriod)),
        buffer_(static_cast<std::size_t>(options.block)),
        streams_(connect_streams(options, poll_, EPOLLIN | EPOLLOUT)),
        live_(std::ssize(streams_)) {}

  void run() {
    const double begin = now();
    while (live_ > 0 && now() < begin + options_.seconds) {
      const int ready = poll_.wait(100);
      for (int position = 0; position < ready; ++position) {
        const auto index = poll_[position].data.u32;
        if ((poll_[position].events & EPOLLOUT) != 0) send(index);
        if ((poll_[position].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(streams_[index]);
      }
    }
    const double seconds = now() - begin;
    long bytes = 0;
    for (const Stream& stream : streams_) bytes += stream.received;
    Report()
        .add("errors", static_cast<double>(errors_ + options_.clients - std::ssize(streams_)))
        .add("bytes", static_cast<double>(bytes))
        .add("mb_s", static_cast<double>(bytes) / seconds / 1e6)
        .add_rate(seconds, bytes)
        .print();
    for (const Stream& stream : streams_) close_hard(stream.fd);
  }

 private:
  void send(std::uint32_t index) {
    Stream& stream = streams_[index];
    const auto length = static_cast<std::size_t>(std::min(options_.block, options_.bytes - stream.sent));
    const ssize_t sent = ::send(stream.fd, pattern_.data() + stream.sent % kPeriod, length, MSG_NOSIGNAL);
    if (sent > 0) stream.sent += sent;
    if (stream.sent == options_.bytes) poll_.change(stream.fd, index, EPOLLIN);
  }

  void receive(Stream& stream) {
    const ssize_t got = recv(stream.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return finish(stream, true);
    const bool is_wrong =
        std::memcmp(buffer_.data(), pattern_.data() + stream.received % kPeriod, static_cast<std::size_t>(got)) != 0;
    stream.received += got;
    if (is_wrong || stream.received == options_.bytes) finish(stream, is_wrong);
  }

  void finish(const Stream& stream, bool is_error) {
    poll_.remove(stream.fd);
    --live_;
    if (is_error) ++errors_;
  }

  const Options& options_;
  Poll poll_;
  std::vector<char> pattern_, buffer_;
  std::vector<Stream> streams_;
  long live_, errors_ = 0;
};

class RoundTrips {
 public:
  explicit RoundTrips(const Options& options)
      : options_(options),
        message_(static_cast<std::size_t>(options.block), 'x'),
        buffer_(message_),
        streams_(connect_streams(options, poll_, EPOLLIN)) {}

  void run() {
    const double begin = now();
    for (Stream& stream : streams_) send(stream);
    while (done_ < sent_ && now() < begin + options_.seconds) {
      const int ready = poll_.wait(100);
      for (int position = 0; position < ready; ++position) receive(streams_[poll_[position].data.u32]);
    }
    Report()
        .add("errors", static_cast<double>(errors_ + options_.clients - std::ssize(streams_)))
        .add("done", static_cast<double>(done_))
        .add_rate(now() - begin, done_)
        .add(latencies_)
        .print();
    for (const Stream& stream : streams_) close_hard(stream.fd);
  }

 private:
  void send(Stream& stream) {
    stream.received = 0;
    stream.begin = now();
    if (::send(stream.fd, message_.data(), message_.size(), MSG_NOSIGNAL) > 0) ++sent_;
  }

  void receive(Stream& stream) {
    const auto missing = static_cast<std::size_t>(options_.block - stream.received);
    const ssize_t got = recv(stream.fd, buffer_.data(), missing, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      ++errors_, --sent_;
      return poll_.remove(stream.fd);
    }
    stream.received += got;
    if (stream.received < options_.block) return;
    ++done_;
    latencies_.add(now() - stream.begin);
    if (sent_ < options_.count) send(stream);
  }

  const Options& options_;
  Poll poll_;
  std::vector<char> message_, buffer_;
  std::vector<Stream> streams_;
  Latencies latencies_;
  long sent_ = 0, done_ = 0, errors_ = 0;
};

}  // namespace

void run_echo(const Options& options) { Echo(options).run(); }

void run_round_trips(const Options& options) { RoundTrips(options).run(); }

}  // namespace bench
