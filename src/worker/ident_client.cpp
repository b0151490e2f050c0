// SPDX-License-Identifier: Apache-2.0
#include "worker/ident_client.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "os/socket.h"

namespace porterd::worker {

IdentClient::IdentClient(event::Loop& loop, const Request& request, IdentOwner& owner)
    : loop_(loop),
      request_(request),
      ports_{.there = request.peer.port, .here = request.local.port},
      owner_(owner),
      timer_(loop, event::callback<&IdentClient::on_timer>(*this)) {
  timer_.start(std::chrono::nanoseconds(0));
}

void IdentClient::on_timer() {
  if (std::exchange(has_begun_, true)) return end(std::unexpected(IdentFailure::too_late));
  start();
}

void IdentClient::start() {
  auto connecting = os::start_connect(base::Endpoint{request_.peer.address, request_.port}, request_.local.address);
  if (!connecting) return end(std::unexpected(IdentFailure::unreachable));
  socket_ = std::move(connecting->socket);
  writing_.emplace(loop_, socket_.number(), event::callback<&IdentClient::on_writable>(*this),
                   event::Readiness::writable);
  reading_.emplace(loop_, socket_.number(), event::callback<&IdentClient::on_readable>(*this));
  writing_->arm();
  timer_.start(request_.deadline);
}

void IdentClient::on_writable() {
  const auto query = ident_query(ports_);
  // A new connection's buffer takes so little at once.
  if (os::connect_error(socket_.number()) != 0 ||
      ::send(socket_.number(), query.data(), query.size(), MSG_DONTWAIT | MSG_NOSIGNAL) !=
          static_cast<ssize_t>(query.size()))
    return end(std::unexpected(IdentFailure::unreachable));
  writing_->disarm();
  reading_->arm();
}

void IdentClient::on_readable() {
  std::array<char, kLongestIdentReply> bytes;
  const ssize_t size = ::recv(socket_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size > 0) reply_.append(bytes.data(), static_cast<std::size_t>(size));
  const auto line_end = reply_.find('\n');
  if (line_end != std::string::npos) {
    auto line = std::string_view(reply_).substr(0, line_end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return end(read_ident_reply(line, ports_));
  }
  if (size < 0 || (size == 0 && reply_.empty())) return end(std::unexpected(IdentFailure::broke));
  // The end of the stream ends a line, too.
  if (size == 0) return end(read_ident_reply(reply_, ports_));
  if (reply_.size() > kLongestIdentReply) end(std::unexpected(IdentFailure::malformed));
}

void IdentClient::end(const IdentReply& reply) {
  timer_.stop();
  writing_.reset();
  reading_.reset();
  socket_.reset();
  // A copy, as this may be gone before the call returns.
  const auto answer = reply;
  owner_.on_ident(request_.id, answer);
}

}  // namespace porterd::worker
