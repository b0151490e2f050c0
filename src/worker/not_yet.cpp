// SPDX-License-Identifier: Apache-2.0
//
// Stands in for what is being written: relays, TCPMUX lines, ident lookups, host names.
#include "event/resolver.h"
#include "worker/ident_client.h"
#include "worker/relay.h"
#include "worker/tcpmux_reader.h"
namespace porterd::event {
class Resolver::Machine {};
base::Result<std::unique_ptr<Resolver>> Resolver::make(Loop&, const std::string&, const std::string&) {
  return base::failure("no");
}
Resolver::~Resolver() = default;
}  // namespace porterd::event
namespace porterd::worker {
class Relay::Machine {};
Relay::Relay(RelayParts, Request, Owner&) {}
Relay::~Relay() = default;
const Outcome& Relay::so_far() const {
  static Outcome o;
  return o;
}
std::size_t Relay::target() const { return 0; }
class TcpmuxReader::Machine {};
TcpmuxReader::TcpmuxReader(event::Loop&, std::uint64_t, base::Fd, std::chrono::milliseconds, TcpmuxOwner&) {}
TcpmuxReader::~TcpmuxReader() = default;
class IdentClient::Machine {};
IdentClient::IdentClient(event::Loop&, const Request&, IdentOwner&) {}
IdentClient::~IdentClient() = default;
}  // namespace porterd::worker
