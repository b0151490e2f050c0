// SPDX-License-Identifier: Apache-2.0
#include "listen/listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

namespace porterd::listen {
namespace {

/// Accepts what comes and ends the loop.
struct AcceptingOwner final : Owner {
  explicit AcceptingOwner(event::Loop& l) : loop(l) {}
  void on_waiting(Listener& listener) noexcept override {
    accepted = listener.accept().has_value();
    loop.stop();
  }
  event::Loop& loop;
  bool accepted = false;
};

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~ListenerTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] Point point() const {
    Point point;
    point.request.address = base::UnixAddress{.name = path()};
    return point;
  }
  [[nodiscard]] std::string path() const { return folder_ + "/socket"; }
  [[nodiscard]] base::Fd connect() const {
    const auto raw = base::raw_address(base::UnixAddress{.name = path()});
    base::Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.number(), raw->pointer(), raw->length) != 0) client.reset();
    return client;
  }
  event::Loop loop_ = event::Loop::make().value();
  std::string folder_ = testing::TempDir() + "listenerXXXXXX";
};

TEST_F(ListenerTest, TellsItsOwnerWhenSomebodyWaits) {
  const auto listener = Listener::open(loop_, point()).value();
  AcceptingOwner owner(loop_);
  listener->set_owner(&owner);
  listener->arm();
  const auto client = connect();
  loop_.run();
  EXPECT_TRUE(owner.accepted);
}

TEST_F(ListenerTest, ClientsWaitWhileItIsDisarmed) {
  const auto listener = Listener::open(loop_, point()).value();
  const auto client = connect();
  EXPECT_TRUE(client.is_open());
  AcceptingOwner owner(loop_);
  listener->set_owner(&owner);
  listener->arm();
  loop_.run();
  EXPECT_TRUE(owner.accepted);
}

TEST_F(ListenerTest, PathGoesWithTheListenerThatMadeIt) {
  {
    const auto listener = Listener::open(loop_, point()).value();
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(ListenerTest, AdoptedPathStays) {
  auto socket = os::bind_socket(point().request).value();
  {
    const auto listener = Listener::adopt(loop_, point(), std::move(socket)).value();
  }
  EXPECT_TRUE(std::filesystem::exists(path()));
}

Point wildcard_point(base::Family family, std::uint16_t port) {
  Point point;
  point.request.address = base::Endpoint{{.bytes = {}, .family = family}, port};
  return point;
}

/// A socket as service managers make them: [::] for both families.
base::Fd dual_stack_socket() {
  base::Fd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto raw = base::raw_address(base::Endpoint{{.bytes = {}, .family = base::Family::ipv6}, 0});
  EXPECT_EQ(::bind(socket.number(), raw->pointer(), raw->length), 0);
  return socket;
}

TEST_F(ListenerTest, DualStackSocketServesBothFamilies) {
  auto socket = dual_stack_socket();
  const auto port = std::get<base::Endpoint>(os::local_address(socket.number()).value()).port;
  const auto listener = Listener::adopt(loop_, wildcard_point(base::Family::ipv6, port), std::move(socket)).value();
  EXPECT_TRUE(listener->serves(wildcard_point(base::Family::ipv6, port)));
  EXPECT_TRUE(listener->serves(wildcard_point(base::Family::ipv4, port)));
  EXPECT_FALSE(listener->serves(wildcard_point(base::Family::ipv4, static_cast<std::uint16_t>(port + 1))));
}

TEST_F(ListenerTest, OurOwnIpv6SocketDoesNotServeIpv4) {
  const auto listener = Listener::open(loop_, wildcard_point(base::Family::ipv6, 0)).value();
  EXPECT_FALSE(listener->serves(wildcard_point(base::Family::ipv4, 0)));
}

TEST_F(ListenerTest, SerialsAreNeverReused) {
  std::uint64_t first = 0;
  {
    first = Listener::open(loop_, point()).value()->serial();
  }
  EXPECT_NE(Listener::open(loop_, point()).value()->serial(), first);
}

TEST_F(ListenerTest, KnowsItsAddressUnlessItIsAWildcard) {
  EXPECT_TRUE(Listener::open(loop_, point()).value()->fixed_address());
  Point wildcard;
  wildcard.request.address = base::Endpoint{{.bytes = {}}, 0};
  EXPECT_FALSE(Listener::open(loop_, wildcard).value()->fixed_address());
}

}  // namespace
}  // namespace porterd::listen
