// SPDX-License-Identifier: Apache-2.0
#include "spawn/environment.h"

#include <charconv>

namespace porterd::spawn {

void EnvironmentWriter::add(char* entry) {
  if (pointers_.size() < 2) return;  // one place is for the null at the end
  pointers_.front() = entry;
  pointers_ = pointers_.subspan(1);
}

char* EnvironmentWriter::add_later(std::string_view name, std::size_t room) {
  if (text_.size() < name.size() + room + 2 || pointers_.size() < 2) return nullptr;
  char* const start = text_.data();
  char* value = start + name.copy(start, name.size());
  *value++ = '=';
  value[room] = '\0';
  text_ = text_.subspan(name.size() + room + 2);
  add(start);
  return value;
}

void EnvironmentWriter::add(std::string_view name, std::string_view value) {
  if (char* const place = add_later(name, value.size())) value.copy(place, value.size());
}

void EnvironmentWriter::add(std::string_view name, std::uint64_t value, int base) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  add(name, std::string_view(digits.data(), end));
}

void EnvironmentWriter::add_remote(const base::Endpoint& endpoint) {
  const base::AddressText address(endpoint.address);
  add("REMOTE_HOST", address.view());
  add("REMOTE_ADDR", address.view());
  add("REMOTE_PORT", endpoint.port);
  add("TCPREMOTEIP", address.view());
  add("TCPREMOTEPORT", endpoint.port);
}

void EnvironmentWriter::add_remote(const base::LocalPeer& peer) {
  add("UNIXREMOTEPID", static_cast<std::uint64_t>(peer.pid));
  add("UNIXREMOTEEUID", peer.uid);
  add("UNIXREMOTEEGID", peer.gid);
}

void EnvironmentWriter::add_local(const base::SocketAddress& address) {
  if (const auto* endpoint = std::get_if<base::Endpoint>(&address)) {
    add("TCPLOCALIP", base::AddressText(endpoint->address).view());
    add("TCPLOCALPORT", endpoint->port);
  } else if (const auto& name = std::get<base::UnixAddress>(address); !name.is_abstract) {
    add("UNIXLOCALPATH", name.name);
  }
}

void EnvironmentWriter::add_connection(const ConnectionFacts& facts, config::ConnectionVariables which) {
  switch (which) {
    case config::ConnectionVariables::all:
      return add_all(facts);
    case config::ConnectionVariables::remote_host:
      return add_remote_host(facts.peer);
    case config::ConnectionVariables::ucspi:
      return add_ucspi(facts);
    case config::ConnectionVariables::none:
      return;
  }
}

void EnvironmentWriter::add_remote_host(const base::Peer& peer) {
  const auto* endpoint = std::get_if<base::Endpoint>(&peer);
  if (endpoint == nullptr) return add("REMOTE_HOST", "<no address>");
  add("REMOTE_HOST", base::AddressText(endpoint->address).view());
}

// inetutils tells it of TCP alone.
void EnvironmentWriter::add_ucspi(const ConnectionFacts& facts) {
  const auto* remote = std::get_if<base::Endpoint>(&facts.peer);
  if (facts.is_datagram || remote == nullptr) return;
  add("PROTO", "TCP");
  if (facts.local != nullptr) add_local(*facts.local);
  add("TCPREMOTEIP", base::AddressText(remote->address).view());
  add("TCPREMOTEPORT", remote->port);
}

void EnvironmentWriter::add_all(const ConnectionFacts& facts) {
  const bool is_local = facts.local != nullptr ? std::holds_alternative<base::UnixAddress>(*facts.local)
                                               : std::holds_alternative<base::LocalPeer>(facts.peer);
  add("PROTO", is_local ? "UNIX" : facts.is_datagram ? "UDP" : "TCP");
  if (const auto* endpoint = std::get_if<base::Endpoint>(&facts.peer)) add_remote(*endpoint);
  if (const auto* local_peer = std::get_if<base::LocalPeer>(&facts.peer)) add_remote(*local_peer);
  if (facts.local != nullptr) add_local(*facts.local);
  add("CONNECTION_ID", facts.connection_id, 16);
}

void EnvironmentWriter::finish() {
  if (!pointers_.empty()) pointers_.front() = nullptr;
}

}  // namespace porterd::spawn
