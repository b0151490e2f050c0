// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_intercept.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <variant>

namespace porterd::worker {
namespace {

constexpr std::size_t kLongestToTake = 65536;  // UDP carries 65507 bytes at most; a jumbogram is cut, and ignored

}  // namespace

DatagramIntercept::DatagramIntercept(event::Loop& loop, Request request, InterceptOwner& owner)
    : loop_(loop),
      id_(request.id),
      socket_(std::move(request.socket)),
      server_(base::raw_address(request.server).value_or(base::RawAddress())),
      idle_(request.idle),
      owner_(owner),
      last_came_(base::Steady::now()),
      reading_(loop, socket_.number(), event::callback<&DatagramIntercept::on_readable>(*this)),
      timer_(loop, event::callback<&DatagramIntercept::on_moment>(*this)) {
  enable_reply_address(socket_.number());
  reading_.arm();
  timer_.start(kMoment);
}

void DatagramIntercept::on_readable() {
  constexpr int kBatch = 32;
  for (int count = 0; count < kBatch; ++count) {
    if (asked_.size() >= kMostAsked) return reading_.disarm();
    if (!read_datagram()) return;
  }
}

bool DatagramIntercept::read_datagram() {
  static std::array<char, kLongestToTake> room;  // one thread, one datagram at a time
  DatagramOrigin origin;
  iovec part{.iov_base = room.data(), .iov_len = room.size()};
  msghdr header{};
  header.msg_name = &origin.raw.storage;
  header.msg_namelen = origin.raw.length;
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = origin.control.data();
  header.msg_controllen = origin.control.size();
  const ssize_t size = ::recvmsg(socket_.number(), &header, MSG_DONTWAIT);
  if (size < 0) return false;
  origin.raw.length = header.msg_namelen;
  origin.control_size = turn_round(header) ? header.msg_controllen : 0;
  const auto source = base::socket_address(origin.raw);
  const auto* peer = std::get_if<base::Endpoint>(&source);
  if (peer == nullptr || peer->port == 0 || (header.msg_flags & MSG_TRUNC) != 0) return true;
  origin.peer = *peer;
  last_came_ = base::Steady::now();
  take(origin, {room.data(), static_cast<std::size_t>(size)});
  return true;
}

void DatagramIntercept::take(const DatagramOrigin& origin, std::string_view bytes) {
  const auto known = by_peer_.find(origin.peer);
  if (known == by_peer_.end()) return ask(origin, bytes);
  known->second->send(origin, bytes);
  clients_.splice(clients_.end(), clients_, known->second);
}

void DatagramIntercept::ask(const DatagramOrigin& origin, std::string_view bytes) {
  if (is_leaving_ || refused_.contains(origin.peer.address)) return;
  const auto [place, is_new] = asked_.try_emplace(origin.peer);
  auto& asked = place->second;
  if (asked.waiting.size() < kMostWaiting) asked.waiting.emplace_back(bytes);
  if (!is_new) return;
  asked.question = ++questions_;
  asked.since = last_came_;
  asked.origin = origin;
  owner_.on_question(id_, asked.question, origin.peer);
}

void DatagramIntercept::answer(std::uint32_t question, std::uint64_t client) {
  const auto place =
      std::ranges::find_if(asked_, [question](const auto& entry) { return entry.second.question == question; });
  reading_.arm();
  if (place == asked_.end()) {  // it came too late
    if (client != 0) owner_.on_client_end(client, {.ending = Ending::idle});
    return;
  }
  const auto asked = std::move(asked_.extract(place).mapped());
  if (client != 0)
    admit(asked, client);
  else if (refused_.size() < kMostClients)
    refused_.insert(asked.origin.peer.address);
}

void DatagramIntercept::admit(const Asked& asked, std::uint64_t client) {
  if (clients_.size() >= kMostClients) forget(clients_.begin(), Ending::idle);
  auto& known = clients_.emplace_back(loop_, client, asked.origin, server_, static_cast<DatagramClientOwner&>(*this));
  by_peer_.emplace(asked.origin.peer, std::prev(clients_.end()));
  for (const auto& bytes : asked.waiting) known.send(asked.origin, bytes);
}

bool DatagramIntercept::on_answer(DatagramClient& client, std::string_view bytes) noexcept {
  auto origin = client.origin();
  iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};  // sendmsg(2) only reads it
  msghdr header{};
  header.msg_name = &origin.raw.storage;
  header.msg_namelen = origin.raw.length;
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (origin.control_size != 0) {
    header.msg_control = origin.control.data();
    header.msg_controllen = origin.control_size;
  }
  return ::sendmsg(socket_.number(), &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void DatagramIntercept::forget(Clients::iterator client, Ending ending) {
  Outcome outcome = client->so_far();
  if (!client->is_broken()) outcome.ending = ending;
  const auto id = client->id();
  by_peer_.erase(client->origin().peer);
  clients_.erase(client);
  owner_.on_client_end(id, outcome);
}

void DatagramIntercept::on_moment() {
  const auto now = base::Steady::now();
  refused_.clear();
  std::erase_if(asked_, [now](const auto& entry) { return now - entry.second.since >= 2 * kMoment; });
  forget_idle(now);
  if (clients_.empty() && asked_.empty() && (is_leaving_ || now - last_came_ >= kMoment)) return owner_.on_end(id_, {});
  reading_.arm();
  timer_.start(kMoment);
}

void DatagramIntercept::forget_idle(base::SteadyTime now) {
  constexpr std::chrono::milliseconds kLeavingIdle = 2 * kMoment;
  const auto idle = is_leaving_ ? std::min(idle_, kLeavingIdle) : idle_;
  for (auto client = clients_.begin(); client != clients_.end();) {
    const auto next = std::next(client);
    if (client->is_broken() || now - client->last_moved() >= idle) forget(client, Ending::done);
    client = next;
  }
}

void DatagramIntercept::leave() { is_leaving_ = true; }

}  // namespace porterd::worker
