// SPDX-License-Identifier: Apache-2.0
#include "os/accept_queue.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "os/socket.h"

namespace porterd::os {
namespace {

base::Fd listener_at(base::SocketAddress address) {
  BindRequest request;
  request.address = std::move(address);
  request.type = SOCK_STREAM;
  auto socket = bind_socket(request);
  EXPECT_TRUE(socket);
  EXPECT_TRUE(listen_on(socket->number(), 0));
  return std::move(*socket);
}

base::Fd connect_to(int listener) {
  const auto raw = base::raw_address(*local_address(listener));
  base::Fd client(::socket(raw->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(client.number(), raw->pointer(), raw->length), 0);
  return client;
}

void expect_first_to_go(const base::Fd& listener) {
  EXPECT_EQ(*waiting_connections(listener.number()), std::vector<std::uint64_t>());
  const auto first = connect_to(listener.number());
  const auto second = connect_to(listener.number());
  const auto before = *waiting_connections(listener.number());
  ASSERT_EQ(before.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(before));
  const base::Fd accepted(::accept(listener.number(), nullptr, nullptr));
  const auto third = connect_to(listener.number());
  const auto after = *waiting_connections(listener.number());
  ASSERT_EQ(after.size(), 2U);
  EXPECT_FALSE(std::ranges::includes(after, before));
}

TEST(AcceptQueue, TellsWhoWaits) {
  expect_first_to_go(listener_at(base::Endpoint{*base::parse_address("127.0.0.1"), 0}));
  expect_first_to_go(listener_at(base::Endpoint{*base::parse_address("::1"), 0}));
  expect_first_to_go(listener_at(
      base::UnixAddress{.name = "porterd accept queue " + std::to_string(::getpid()), .is_abstract = true}));
}

TEST(AcceptQueue, CountsClientsThatHaveClosedTheirEnd) {
  const auto listener = listener_at(base::Endpoint{*base::parse_address("127.0.0.1"), 0});
  const auto client = connect_to(listener.number());
  ASSERT_EQ(::shutdown(client.number(), SHUT_WR), 0);
  EXPECT_EQ(waiting_connections(listener.number())->size(), 1U);
}

TEST(AcceptQueue, SaysWhatIsNoSocket) { EXPECT_FALSE(waiting_connections(STDIN_FILENO + 1000)); }

}  // namespace
}  // namespace porterd::os
