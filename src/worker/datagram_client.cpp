// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_client.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <variant>

namespace porterd::worker {
namespace {

constexpr std::size_t kLongestAnswer = 65536;  // more than UDP carries

/// The loopback address that reaches `server`, any port.
base::RawAddress near(const base::RawAddress& server) {
  auto address = std::get<base::Endpoint>(base::socket_address(server));
  address.port = 0;
  return *base::raw_address(base::SocketAddress(address));
}

}  // namespace

DatagramClient::DatagramClient(event::Loop& loop, std::uint64_t id, const DatagramOrigin& origin,
                               const base::RawAddress& server, DatagramClientOwner& owner)
    : loop_(loop), id_(id), origin_(origin), server_(server), owner_(owner), last_moved_(base::Steady::now()) {
  open();
}

void DatagramClient::open() {
  reading_.reset();
  has_answerer_ = false;
  socket_ = base::Fd(::socket(server_.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto local = near(server_);
  if (!socket_.is_open() || ::bind(socket_.number(), local.pointer(), local.length) != 0) {
    outcome_.ending = Ending::no_descriptors;
    outcome_.error = errno;
    socket_.reset();
    return;
  }
  reading_.emplace(loop_, socket_.number(), event::callback<&DatagramClient::on_readable>(*this));
  reading_->arm();
}

void DatagramClient::send(const DatagramOrigin& origin, std::string_view bytes) {
  if (!socket_.is_open()) return;
  origin_ = origin;
  last_moved_ = base::Steady::now();
  outcome_.bytes_in += bytes.size();
  if (!has_answerer_) return send_to_service(bytes);
  last_ = bytes;
  if (::send(socket_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ECONNREFUSED)
    forget_answerer();
}

void DatagramClient::send_to_service(std::string_view bytes) {
  ::sendto(socket_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, server_.pointer(),
           server_.length);
}

void DatagramClient::forget_answerer() {
  open();
  if (socket_.is_open()) send_to_service(last_);
  last_.clear();
}

void DatagramClient::on_readable() {
  constexpr int kBatch = 16;  // the other clients must not wait for one who is told much
  for (int count = 0; count < kBatch && read_answer(); ++count) continue;
}

bool DatagramClient::read_answer() {
  static std::array<char, kLongestAnswer> room;  // one thread, one answer at a time
  base::RawAddress source;
  const ssize_t size =
      ::recvfrom(socket_.number(), room.data(), room.size(), MSG_DONTWAIT, source.pointer(), &source.length);
  if (size < 0) {
    if (errno == ECONNREFUSED && has_answerer_) forget_answerer();
    return false;
  }
  if (!has_answerer_ && base::socket_address(source) != base::socket_address(server_))
    has_answerer_ = ::connect(socket_.number(), source.pointer(), source.length) == 0;
  last_moved_ = base::Steady::now();
  if (owner_.on_answer(*this, {room.data(), static_cast<std::size_t>(size)}))
    outcome_.bytes_out += static_cast<std::uint64_t>(size);
  return true;
}

}  // namespace porterd::worker
