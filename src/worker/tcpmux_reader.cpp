// SPDX-License-Identifier: Apache-2.0
#include "worker/tcpmux_reader.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "worker/farewell.h"
#include "worker/tcpmux.h"

namespace porterd::worker {

TcpmuxReader::TcpmuxReader(event::Loop& loop, std::uint64_t id, base::Fd socket, std::chrono::milliseconds deadline,
                           TcpmuxOwner& owner)
    : loop_(loop),
      id_(id),
      socket_(std::move(socket)),
      owner_(owner),
      reading_(loop, socket_.number(), event::callback<&TcpmuxReader::on_readable>(*this)),
      deadline_(loop, event::callback<&TcpmuxReader::on_deadline>(*this)) {
  reading_.arm();
  deadline_.start(deadline);
}

void TcpmuxReader::on_readable() {
  std::array<char, kLongestTcpmuxName + 2> bytes;
  const ssize_t seen = ::recv(socket_.number(), bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (seen < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (seen < 0) return end(Ending::client_broke, errno);
  if (seen == 0) return end(Ending::done);

  const auto before = line_.size();
  line_.append(bytes.data(), static_cast<std::size_t>(seen));
  auto line = read_tcpmux_line(line_);
  if (line.state == TcpmuxLine::State::malformed) return refuse();
  // Without an end in sight all that was seen belongs to the line; with one, what is behind it stays in the socket.
  const auto taken = line.state == TcpmuxLine::State::complete ? line.size - before : static_cast<std::size_t>(seen);
  line_.resize(before + taken);
  if (::recv(socket_.number(), bytes.data(), taken, MSG_DONTWAIT) != static_cast<ssize_t>(taken))
    return end(Ending::client_broke, errno);
  if (line.state == TcpmuxLine::State::incomplete) return;
  reading_.disarm();
  deadline_.stop();
  owner_.on_name(id_, std::move(socket_), std::move(line.name), line_.size());
}

void TcpmuxReader::refuse() {
  reading_.disarm();
  deadline_.stop();
  constexpr std::chrono::seconds kPatience{5};
  refusal_.emplace(loop_,
                   StreamSession::Request{.id = id_,
                                          .socket = std::move(socket_),
                                          .builtin = make_farewell(std::string(kTcpmuxNotAvailable)),
                                          .idle_timeout = kPatience},
                   static_cast<Owner&>(*this));
}

void TcpmuxReader::on_end(std::uint64_t id, const Outcome& outcome) noexcept {
  Outcome whole = outcome;
  whole.ending = Ending::malformed;
  whole.bytes_in = line_.size();
  owner_.on_no_name(id, whole);
}

void TcpmuxReader::end(Ending ending, int error) {
  reading_.disarm();
  deadline_.stop();
  socket_.reset();
  owner_.on_no_name(id_, {.ending = ending, .error = error, .bytes_in = line_.size()});
}

}  // namespace porterd::worker
