// SPDX-License-Identifier: Apache-2.0
#include "worker/text_sender.h"

#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace porterd::worker {

TextSender::TextSender(event::Loop& loop, Request request, TextSenderOwner& owner)
    : request_(std::move(request)),
      owner_(owner),
      writing_(loop, request_.socket.number(), event::callback<&TextSender::on_writable>(*this),
               event::Readiness::writable),
      deadline_(loop, event::callback<&TextSender::on_deadline>(*this)) {
  writing_.arm();
  deadline_.start(request_.deadline);
}

void TextSender::on_writable() {
  // A client that takes it as fast as it comes must leave the others their turn.
  constexpr std::size_t kPiece = 65536;
  const auto left = std::string_view(*request_.text).substr(sent_, kPiece);
  const ssize_t size = ::send(request_.socket.number(), left.data(), left.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return end(Ending::client_broke, errno);
  sent_ += static_cast<std::size_t>(size);
  if (sent_ < request_.text->size()) return;
  writing_.disarm();
  deadline_.stop();
  owner_.on_sent(request_.id, std::move(request_.socket), sent_);
}

void TextSender::end(Ending ending, int error) {
  writing_.disarm();
  deadline_.stop();
  request_.socket.reset();
  owner_.on_not_sent(request_.id, {.ending = ending, .error = error, .bytes_out = sent_});
}

}  // namespace porterd::worker
