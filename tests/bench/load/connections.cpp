// SPDX-License-Identifier: Apache-2.0
#include "connections.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace bench {

Connections::Connections(const Options& options)
    : options_(options), slots_(static_cast<std::size_t>(options.clients)), buffer_(1 << 20) {
  for (auto index = static_cast<std::uint32_t>(options.clients); index > 0; --index) free_.push_back(index - 1);
}

void Connections::run() {
  const double cpu = own_cpu();
  begin_ = now();
  double next_look = begin_ + 0.1;
  for (double time = begin_; may_open(time) || free_.size() < slots_.size();) {
    if (may_open(time)) open_more();
    const int ready = poll_.wait(100);
    for (int position = 0; position < ready; ++position) on_event(poll_[position].data.u32, poll_[position].events);
    time = now();
    if (time < next_look) continue;
    give_up_late_ones(time);
    next_look = time + 0.1;
  }
  const double seconds = now() - begin_;
  const long errors = ends_.not_connected + ends_.reset + ends_.cut_short + ends_.wrong + ends_.late;
  const auto real = [](long number) { return static_cast<double>(number); };
  Report()
      .add("started", real(started_))
      .add("ok", real(ends_.good))
      .add("errors", real(errors))
      .add("not_connected", real(ends_.not_connected))
      .add("reset", real(ends_.reset))
      .add("cut_short", real(ends_.cut_short))
      .add("wrong", real(ends_.wrong))
      .add("late", real(ends_.late))
      .add_rate(seconds, ends_.good)
      .add(latencies_)
      .add("bytes", real(bytes_))
      .add("client_cpu", own_cpu() - cpu)
      .print();
}

bool Connections::may_open(double time) const {
  const bool is_hopeless = ends_.good == 0 && ends_.not_connected > 1000;
  return started_ < options_.count && time < begin_ + options_.seconds && !is_hopeless;
}

void Connections::open_more() {
  while (started_ < options_.count && !free_.empty()) {
    const auto index = free_.back();
    free_.pop_back();
    open(index);
    if (slots_[index].fd < 0) break;  // not even a socket: the loop looks at the clock first
  }
}

void Connections::open(std::uint32_t index) {
  ++started_;
  Slot& slot = slots_[index] = Slot{.begin = now()};
  const Started started = start_connect(options_);
  if (started.fd < 0) {
    ++ends_.not_connected;
    free_.push_back(index);
    return;
  }
  slot.fd = started.fd;
  slot.is_connected = started.is_connected;
  const bool has_to_write = !started.is_connected || !options_.send.empty();
  poll_.add(slot.fd, index, EPOLLIN | (has_to_write ? EPOLLOUT : 0U));
}

void Connections::on_event(std::uint32_t index, std::uint32_t events) {
  Slot& slot = slots_[index];
  if (slot.fd < 0) return;
  if (!slot.is_connected && !finish_connect(index)) return;
  if ((events & EPOLLOUT) != 0) send(index);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(index);
}

bool Connections::finish_connect(std::uint32_t index) {
  Slot& slot = slots_[index];
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(slot.fd, SOL_SOCKET, SO_ERROR, &error, &length);
  slot.is_connected = error == 0;
  if (error != 0) end(index, options_.is_refused && error == ECONNRESET ? &Ends::good : &Ends::not_connected);
  return slot.is_connected;
}

void Connections::send(std::uint32_t index) {
  Slot& slot = slots_[index];
  const std::string& text = options_.send;
  while (slot.sent < text.size()) {
    const ssize_t sent = ::send(slot.fd, text.data() + slot.sent, text.size() - slot.sent, MSG_NOSIGNAL);
    if (sent < 0) return;  // the next event brings more room, or the end
    slot.sent += static_cast<std::size_t>(sent);
  }
  if (options_.half_closes) shutdown(slot.fd, SHUT_WR);
  poll_.change(slot.fd, index, EPOLLIN);
}

void Connections::receive(std::uint32_t index) {
  Slot& slot = slots_[index];
  for (int reads = 0; reads < 4; ++reads) {  // no more, so that the others have their turn
    const ssize_t got = recv(slot.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return on_end(index, got < 0);
    const auto length = static_cast<std::size_t>(got);
    const auto at = static_cast<std::size_t>(slot.received);
    if (options_.has_expect &&
        (at + length > options_.expect.size() || std::memcmp(buffer_.data(), options_.expect.data() + at, length) != 0))
      slot.is_wrong = true;
    slot.received += got;
    bytes_ += got;
  }
}

void Connections::on_end(std::uint32_t index, bool was_reset) {
  const Slot& slot = slots_[index];
  const bool has_all = options_.has_expect ? slot.received == static_cast<long>(options_.expect.size())
                                           : slot.received >= options_.bytes;
  if (options_.is_refused) return end(index, slot.received == 0 ? &Ends::good : &Ends::wrong);
  if (slot.is_wrong) return end(index, &Ends::wrong);
  if (was_reset) return end(index, &Ends::reset);
  end(index, has_all ? &Ends::good : &Ends::cut_short);
}

void Connections::end(std::uint32_t index, long Ends::* how) {
  Slot& slot = slots_[index];
  ++(ends_.*how);
  if (how == &Ends::good) latencies_.add(now() - slot.begin);
  close_hard(slot.fd);
  slot.fd = -1;
  free_.push_back(index);
}

void Connections::give_up_late_ones(double time) {
  const bool is_over = time > begin_ + options_.seconds + options_.patience;
  for (std::uint32_t index = 0; index < slots_.size(); ++index)
    if (slots_[index].fd >= 0 && (is_over || time - slots_[index].begin > options_.patience)) end(index, &Ends::late);
}

}  // namespace bench
