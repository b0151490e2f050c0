// SPDX-License-Identifier: Apache-2.0
#include "worker/stream_session.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace porterd::worker {

StreamSession::StreamSession(event::Loop& loop, Request request, Owner& owner)
    : id_(request.id),
      socket_(std::move(request.socket)),
      builtin_(std::move(request.builtin)),
      idle_timeout_(request.idle_timeout),
      owner_(owner),
      last_moved_(base::Steady::now()),
      reading_(loop, socket_.number(), event::callback<&StreamSession::on_readable>(*this)),
      writing_(loop, socket_.number(), event::callback<&StreamSession::on_writable>(*this), event::Readiness::writable),
      timer_(loop, event::callback<&StreamSession::on_timer>(*this)) {
  timer_.start(std::chrono::nanoseconds(0));
}

void StreamSession::on_timer() {
  switch (state_) {
    case State::starting:
      state_ = State::serving;
      if (idle_timeout_.count() > 0) timer_.start(idle_timeout_);
      wish_ = builtin_->begin(base::Wall::now(), pending_);
      return advance();
    case State::serving: {
      // Restarting the timer at each movement would cost more than looking again now and then.
      const auto left = last_moved_ + idle_timeout_ - base::Steady::now();
      if (left.count() > 0) return timer_.start(left);
      return end(Ending::idle);
    }
    case State::lingering:
      return end(Ending::done);
  }
}

void StreamSession::on_readable() {
  std::array<char, kChunk> bytes;
  const ssize_t size = ::recv(socket_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (state_ == State::lingering) {
    // A reset now is how some clients hang up.
    if (size <= 0) end(Ending::done);
    return;
  }
  if (size < 0) return end(Ending::client_broke, errno);
  if (size == 0) {
    client_has_ended_ = true;
    wish_ = builtin_->end(pending_);
  } else {
    moved();
    outcome_.bytes_in += static_cast<std::uint64_t>(size);
    wish_ = builtin_->take({bytes.data(), static_cast<std::size_t>(size)}, pending_);
  }
  advance();
}

void StreamSession::advance() {
  // A client that takes what chargen sends as fast as it comes must leave the others their turn.
  constexpr int kRounds = 16;
  for (int round = 0; round < kRounds; ++round) {
    const auto sent = send_pending();
    if (sent == Sent::broken) return end(Ending::client_broke, errno);
    if (sent == Sent::some) return wait_for(event::Readiness::writable);
    if (wish_ == Wish::take) return wait_for(event::Readiness::readable);
    if (wish_ == Wish::finish) return finish();
    wish_ = builtin_->produce(pending_);
  }
  wait_for(event::Readiness::writable);
}

StreamSession::Sent StreamSession::send_pending() {
  while (sent_ < pending_.size()) {
    const auto left = std::string_view(pending_).substr(sent_);
    const ssize_t size = ::send(socket_.number(), left.data(), left.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN ? Sent::some : Sent::broken;
    moved();
    outcome_.bytes_out += static_cast<std::uint64_t>(size);
    sent_ += static_cast<std::size_t>(size);
  }
  // An idle connection keeps no memory.
  pending_ = std::string();
  sent_ = 0;
  return Sent::all;
}

void StreamSession::wait_for(event::Readiness readiness) {
  const bool to_read = readiness == event::Readiness::readable;
  (to_read ? writing_ : reading_).disarm();
  (to_read ? reading_ : writing_).arm();
}

void StreamSession::finish() {
  if (client_has_ended_) return end(Ending::done);
  ::shutdown(socket_.number(), SHUT_WR);
  state_ = State::lingering;
  wait_for(event::Readiness::readable);
  timer_.start(kLinger);
}

void StreamSession::moved() {
  if (idle_timeout_.count() > 0) last_moved_ = base::Steady::now();
}

void StreamSession::end(Ending ending, int error) {
  reading_.disarm();
  writing_.disarm();
  timer_.stop();
  socket_.reset();
  outcome_.ending = ending;
  outcome_.error = error;
  // A copy, as this may be gone before the call returns.
  const Outcome outcome = outcome_;
  owner_.on_end(id_, outcome);
}

}  // namespace porterd::worker
