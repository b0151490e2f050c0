// SPDX-License-Identifier: Apache-2.0
//
// The part of a server's environment that differs from connection to connection, written into a buffer that was there
// before. Names are those of UCSPI (tcpserver, s6-tcpserver) beside REMOTE_HOST, which xinetd sets.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/peer.h"
#include "config/config.h"

namespace porterd::spawn {

/// What the server is told about its connection.
struct ConnectionFacts {
  base::Peer peer;
  const base::SocketAddress* local = nullptr;  ///< null: not known
  std::uint64_t connection_id = 0;
  bool is_datagram = false;
};

/// Writes "NAME=value" strings one after the other, and pointers to them. Both areas are the caller's; what does not
/// fit is left out whole.
class EnvironmentWriter {
 public:
  EnvironmentWriter(std::span<char> text, std::span<char*> pointers) : text_(text), pointers_(pointers) {}

  /// A string that stands elsewhere.
  void add(char* entry);
  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::uint64_t value, int base = 10);
  void add_connection(const ConnectionFacts& facts, config::ConnectionVariables which);
  /// A variable whose value is written later: `room` bytes and a NUL. Returns where it goes, or null.
  [[nodiscard]] char* add_later(std::string_view name, std::size_t room);
  /// Ends the list with a null pointer.
  void finish();

 private:
  void add_all(const ConnectionFacts& facts);
  void add_remote_host(const base::Peer& peer);
  void add_ucspi(const ConnectionFacts& facts);
  void add_remote(const base::Endpoint& endpoint);
  void add_remote(const base::LocalPeer& peer);
  void add_local(const base::SocketAddress& address);

  std::span<char> text_;
  std::span<char*> pointers_;
};

}  // namespace porterd::spawn
