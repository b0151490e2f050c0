// SPDX-License-Identifier: Apache-2.0
//
// Any orders to a worker: what is permitted is served, all else stops it; nothing else comes of it. It is never sent
// anywhere: relays lead to nobody, and who is asked about is asked at home.
#include "channel_script.h"
#include "os/socket.h"
#include "worker/facts.h"
#include "worker/server.h"

namespace {

using namespace porterd;

worker::Facts facts_with(worker::Role role, std::string builtin = {}, bool is_datagram = false) {
  worker::Facts facts;
  facts.role = role;
  facts.builtin = std::move(builtin);
  facts.is_datagram = is_datagram;
  facts.text = "text";
  facts.idle_timeout = std::chrono::milliseconds(1);
  facts.relay.targets = {base::SocketAddress(base::UnixAddress{"/nonexistent/socket", false})};
  if (role == worker::Role::intercept)
    facts.relay.targets = {base::SocketAddress(base::Endpoint{*base::parse_address("127.0.0.1"), 9})};
  return facts;
}

/// What may come with a message: files of facts, good and bad, and sockets with something to read.
base::Fd descriptor(unsigned which) {
  using worker::Role;
  const auto file = [](const std::string& text) {
    auto made = os::make_sealed_file("facts", text);
    return made ? std::move(*made) : base::Fd();
  };
  switch (which % 12) {
    case 1:
      return file(worker::write_facts(facts_with(Role::builtin, "echo")));
    case 2:
      return file(worker::write_facts(facts_with(Role::builtin, "daytime", true)));
    case 3:
      return file(worker::write_facts(facts_with(Role::tcpmux)));
    case 4:
      return file(worker::write_facts(facts_with(Role::say)));
    case 5:
      return file(worker::write_facts(facts_with(Role::relay)));
    case 6:
      return file(worker::write_facts(facts_with(Role::intercept, {}, true)));
    case 7:
      return file("nonsense");
    case 8:
      return file(worker::write_facts(facts_with(Role::builtin, "nobody knows it")));
    case 9: {
      base::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const auto address = *base::raw_address(base::Endpoint{*base::parse_address("127.0.0.1"), 0});
      ::bind(socket.number(), address.pointer(), address.length);
      base::RawAddress own;
      ::getsockname(socket.number(), own.pointer(), &own.length);
      ::sendto(socket.number(), "hello", 5, 0, own.pointer(), own.length);
      return socket;
    }
    default: {
      auto pair = os::make_socket_pair(SOCK_STREAM);
      if (!pair) return {};
      ::send(pair->first.number(), "help\r\n", 6, MSG_NOSIGNAL);
      return std::move(pair->second);
    }
  }
}

void keep_at_home(std::vector<std::byte>& bytes) {
  worker::Identify order;
  if (bytes.size() != sizeof order) return;
  std::memcpy(&order, bytes.data(), sizeof order);
  if (order.kind != worker::Kind::identify) return;
  order.peer.address = {127, 0, 0, 1};
  order.peer.is_ipv6 = 0;
  std::memcpy(bytes.data(), &order, sizeof order);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMost = 40;
  auto loop = *porterd::event::Loop::make();
  const auto resolver = porterd::event::Resolver::make(loop);
  auto pair = os::make_socket_pair(SOCK_SEQPACKET);
  if (!pair || !resolver) return 0;
  worker::Server server(loop, resolver->get(), std::move(pair->second), &worker::find_builtin);
  server.start(0);
  porterd::event::Timer turn(loop, porterd::event::callback<&porterd::event::Loop::stop>(loop));
  const auto run = [&] {
    turn.start(std::chrono::nanoseconds(0));
    loop.run();
  };
  std::span<const std::uint8_t> input(data, size);
  for (int count = 0; !input.empty() && count < kMost && !server.has_met_nonsense(); ++count) {
    auto message = porterd::fuzz::next_message(input, worker::orders());
    keep_at_home(message.bytes);
    const auto given = message.descriptor == 0 ? base::Fd() : descriptor(message.descriptor);
    if (!os::send_message(pair->first.number(), message.bytes, given.number())) break;
    run();
  }
  run();
  return 0;
}
