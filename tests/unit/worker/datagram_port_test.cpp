// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_port.h"

#include <gmock/gmock.h>

#include <set>

#include "looping.h"
#include "os/socket.h"

namespace porterd::worker {
namespace {

base::Fd udp(std::string_view address, std::uint16_t port = 0) {
  os::BindRequest request;
  request.address = base::Endpoint{*base::parse_address(address), port};
  request.type = SOCK_DGRAM;
  return std::move(*os::bind_socket(request));
}

class DatagramPortTest : public testing::Test {
 protected:
  void serve(std::string_view name, std::string_view address, ReplyGuard guard = ReplyGuard({1'000'000, 1'000'000})) {
    auto socket = udp(address);
    port_number_ = port_of(socket.number());
    port_.emplace(looping_.loop(), std::move(socket), find_builtin(name)->make_datagram(settings_), std::move(guard));
  }
  void send(const base::Fd& from, std::string_view to, std::string_view text) const {
    const auto raw = *base::raw_address(base::Endpoint{*base::parse_address(to), port_number_});
    EXPECT_EQ(::sendto(from.number(), text.data(), text.size(), 0, raw.pointer(), raw.length),
              static_cast<ssize_t>(text.size()));
  }
  /// The next datagram and where it came from, as "ADDRESS: TEXT".
  std::string receive(const base::Fd& at) {
    base::RawAddress source;
    std::array<char, 65536> bytes;
    ssize_t size = -1;
    looping_.run_until([&] {
      source.length = sizeof source.storage;
      size = ::recvfrom(at.number(), bytes.data(), bytes.size(), MSG_DONTWAIT, source.pointer(), &source.length);
      return size >= 0;
    });
    if (size < 0) return "nothing";
    return std::get<base::Endpoint>(base::socket_address(source)).address.text() + ": " +
           std::string(bytes.data(), static_cast<std::size_t>(size));
  }

  Looping looping_;
  BuiltinSettings settings_;
  std::optional<DatagramPort> port_;
  std::uint16_t port_number_ = 0;
};

TEST_F(DatagramPortTest, Replies) {
  serve("echo", "127.0.0.1");
  const auto client = udp("127.0.0.1");
  send(client, "127.0.0.1", "hello");
  EXPECT_EQ(receive(client), "127.0.0.1: hello");
  send(client, "127.0.0.1", "");
  EXPECT_EQ(receive(client), "127.0.0.1: ");
  EXPECT_EQ(port_->counts().requests, 2U);
  EXPECT_EQ(port_->counts().replies, 2U);
  EXPECT_EQ(port_->counts().bytes_out, 5U);
}

TEST_F(DatagramPortTest, AReplyComesFromWhereTheRequestWent) {
  serve("echo", "0.0.0.0");
  const auto client = udp("127.0.0.1");
  send(client, "127.0.0.7", "hello");
  EXPECT_EQ(receive(client), "127.0.0.7: hello");
}

TEST_F(DatagramPortTest, ServesIpv6) {
  serve("echo", "::");
  const auto client = udp("::1");
  send(client, "::1", "hello");
  EXPECT_EQ(receive(client), "::1: hello");
}

TEST_F(DatagramPortTest, BurstsAreServedWhole) {
  serve("echo", "127.0.0.1");
  const auto client = udp("127.0.0.1");
  std::multiset<std::string> expected;
  for (int number = 0; number < 100; ++number) {
    send(client, "127.0.0.1", std::to_string(number));
    expected.insert("127.0.0.1: " + std::to_string(number));
  }
  std::multiset<std::string> replies;
  for (int number = 0; number < 100; ++number) replies.insert(receive(client));
  EXPECT_EQ(replies, expected);
}

TEST_F(DatagramPortTest, TheLargestDatagramComesBack) {
  serve("echo", "127.0.0.1");
  const auto client = udp("127.0.0.1");
  const std::string largest(65507, 'L');
  send(client, "127.0.0.1", largest);
  EXPECT_TRUE(receive(client) == "127.0.0.1: " + largest);
}

TEST_F(DatagramPortTest, HoldsTheGuardsRate) {
  serve("echo", "127.0.0.1", ReplyGuard({.per_second = 1, .burst = 3}));
  const auto client = udp("127.0.0.1");
  for (int number = 0; number < 10; ++number) send(client, "127.0.0.1", "x");
  EXPECT_TRUE(looping_.run_until([this] { return port_->counts().requests == 10; }));
  EXPECT_GE(port_->counts().replies, 3U);
  EXPECT_LE(port_->counts().replies, 4U);
  EXPECT_EQ(port_->counts().replies + port_->counts().refused, 10U);
}

TEST_F(DatagramPortTest, DiscardCountsOnly) {
  serve("discard", "127.0.0.1");
  const auto client = udp("127.0.0.1");
  send(client, "127.0.0.1", "12345");
  EXPECT_TRUE(looping_.run_until([this] { return port_->counts().bytes_in == 5; }));
  EXPECT_EQ(port_->counts().replies, 0U);
  EXPECT_EQ(port_->counts().refused, 0U);
}

TEST_F(DatagramPortTest, ABroadcastHasNoReply) {
  serve("echo", "0.0.0.0");
  const auto client = udp("127.0.0.1");
  const int on = 1;
  ::setsockopt(client.number(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  send(client, "127.255.255.255", "everybody");
  EXPECT_TRUE(looping_.run_until([this] { return port_->counts().requests == 1; }));
  EXPECT_EQ(port_->counts().refused, 1U);
}

TEST_F(DatagramPortTest, UnixClientsWithoutANameHaveNoReply) {
  auto pair = *os::make_socket_pair(SOCK_DGRAM);
  port_.emplace(looping_.loop(), std::move(pair.first), find_builtin("echo")->make_datagram(settings_), ReplyGuard());
  say(pair.second.number(), "x");
  EXPECT_TRUE(looping_.run_until([this] { return port_->counts().requests == 1; }));
  EXPECT_EQ(port_->counts().refused, 1U);
}

}  // namespace
}  // namespace porterd::worker
