// SPDX-License-Identifier: Apache-2.0
#include "os/socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace porterd::os {
namespace {

base::SocketAddress loopback(base::Family family) {
  return base::Endpoint{*base::parse_address(family == base::Family::ipv4 ? "127.0.0.1" : "::1"), 0};
}

BindRequest request_for(base::SocketAddress address, int type = SOCK_STREAM) {
  BindRequest request;
  request.address = std::move(address);
  request.type = type;
  return request;
}

base::Fd connect_to(int listener) {
  const auto address = local_address(listener);
  const auto raw = base::raw_address(*address);
  base::Fd client(::socket(raw->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(client.number(), raw->pointer(), raw->length), 0);
  return client;
}

int option(int socket, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(socket, level, name, &value, &length);
  return value;
}

class Path : public testing::Test {
 protected:
  Path() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~Path() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] base::UnixAddress address() const { return {.name = folder_ + "/socket"}; }
  std::string folder_ = testing::TempDir() + "socketXXXXXX";
};

TEST(Socket, Ipv6NeverTakesIpv4Clients) {
  const auto socket = bind_socket(request_for(loopback(base::Family::ipv6)));
  ASSERT_TRUE(socket);
  EXPECT_EQ(option(socket->number(), IPPROTO_IPV6, IPV6_V6ONLY), 1);
}

TEST(Socket, AcceptedOnesInheritKeepaliveAndNodelayAndBlock) {
  auto request = request_for(loopback(base::Family::ipv4));
  request.keepalive = request.nodelay = true;
  const auto listener = bind_socket(request);
  ASSERT_TRUE(listener && listen_on(listener->number(), 0));
  const auto client = connect_to(listener->number());
  const auto accepted = accept_connection(listener->number());
  ASSERT_TRUE(accepted);
  EXPECT_EQ(option(accepted->socket.number(), SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(accepted->socket.number(), IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(::fcntl(accepted->socket.number(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(::fcntl(accepted->socket.number(), F_GETFD), FD_CLOEXEC);
}

TEST(Socket, AcceptSaysWhenNobodyWaits) {
  const auto listener = bind_socket(request_for(loopback(base::Family::ipv4)));
  ASSERT_TRUE(listener && listen_on(listener->number(), 0));
  EXPECT_EQ(accept_connection(listener->number()).error(), EAGAIN);
}

TEST(Socket, KnowsHowManyWait) {
  const auto listener = bind_socket(request_for(loopback(base::Family::ipv4)));
  ASSERT_TRUE(listener && listen_on(listener->number(), 0));
  const auto one = connect_to(listener->number());
  const auto two = connect_to(listener->number());
  EXPECT_EQ(queued_connections(listener->number()), 2U);
}

TEST(Socket, AddressThatIsNotHereIsNamed) {
  const auto socket = bind_socket(request_for(base::Endpoint{*base::parse_address("192.0.2.1"), 79}));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().text(), "bind 192.0.2.1:79: Cannot assign requested address");
}

TEST(Socket, FreebindTakesAnAddressThatIsNotHereYet) {
  auto request = request_for(base::Endpoint{*base::parse_address("192.0.2.1"), 0});
  request.freebind = true;
  EXPECT_TRUE(bind_socket(request));
}

TEST(Datagram, HeadTellsTheSourceAndIsStillThere) {
  const auto server = bind_socket(request_for(loopback(base::Family::ipv4), SOCK_DGRAM));
  const auto client = bind_socket(request_for(loopback(base::Family::ipv4), SOCK_DGRAM));
  ASSERT_TRUE(server && client);
  enable_stamps(server->number());
  EXPECT_FALSE(datagram_head(server->number()));
  const auto raw = base::raw_address(*local_address(server->number()));
  for (const char* text : {"one", "two"}) ::sendto(client->number(), text, 3, 0, raw->pointer(), raw->length);
  const auto head = datagram_head(server->number());
  ASSERT_TRUE(head);
  EXPECT_EQ(head->source, *local_address(client->number()));
  EXPECT_NE(head->stamp_ns, 0);
  EXPECT_EQ(datagram_head(server->number()), head);
  char text[8] = {};
  EXPECT_EQ(::recv(server->number(), text, sizeof text, 0), 3);
  EXPECT_STREQ(text, "one");
  const auto next = datagram_head(server->number());
  ASSERT_TRUE(next);
  EXPECT_NE(next, head);
}

TEST(Datagram, StampsAreNotShownToTheServer) {
  const auto server = bind_socket(request_for(loopback(base::Family::ipv4), SOCK_DGRAM));
  ASSERT_TRUE(server);
  enable_stamps(server->number());
  EXPECT_EQ(option(server->number(), SOL_SOCKET, SO_TIMESTAMPNS), 0);
  const auto raw = base::raw_address(*local_address(server->number()));
  ::sendto(server->number(), "x", 1, 0, raw->pointer(), raw->length);
  ASSERT_TRUE(datagram_head(server->number()));
  char text[8];
  char control[256];
  iovec part{.iov_base = text, .iov_len = sizeof text};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  EXPECT_EQ(::recvmsg(server->number(), &message, 0), 1);
  EXPECT_EQ(message.msg_controllen, 0U);
}

TEST(Datagram, IsDiscardedWhole) {
  const auto server = bind_socket(request_for(loopback(base::Family::ipv4), SOCK_DGRAM));
  ASSERT_TRUE(server);
  const auto raw = base::raw_address(*local_address(server->number()));
  ::sendto(server->number(), "gone", 4, 0, raw->pointer(), raw->length);
  EXPECT_TRUE(is_readable(server->number()));
  discard_datagram(server->number());
  EXPECT_FALSE(is_readable(server->number()));
}

TEST_F(Path, StaleSocketIsReplaced) {
  {
    const auto left_over = bind_socket(request_for(address()));
  }
  EXPECT_TRUE(std::filesystem::exists(address().name));
  EXPECT_TRUE(bind_socket(request_for(address())));
}

TEST_F(Path, LivingSocketIsLeftAlone) {
  const auto first = bind_socket(request_for(address()));
  ASSERT_TRUE(first && listen_on(first->number(), 0));
  const auto second = bind_socket(request_for(address()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code.value(), EADDRINUSE);
}

TEST_F(Path, OrdinaryFileIsLeftAlone) {
  ::close(::creat(address().name.c_str(), 0600));  // NOLINT(android-cloexec-creat)
  EXPECT_FALSE(bind_socket(request_for(address())));
  EXPECT_TRUE(std::filesystem::is_regular_file(address().name));
}

TEST_F(Path, GetsItsMode) {
  const auto socket = bind_socket(request_for(address()));
  ASSERT_TRUE(socket);
  ASSERT_TRUE(set_path_access(address().name, static_cast<uid_t>(-1), static_cast<gid_t>(-1), 0620));
  struct stat status{};
  ASSERT_EQ(::stat(address().name.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0620U);
}

TEST_F(Path, TooLongIsRefused) {
  const auto socket = bind_socket(request_for(base::UnixAddress{.name = std::string(200, 'x')}));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code.value(), ENAMETOOLONG);
}

TEST_F(Path, PeerIsKnownByItsCredentials) {
  const auto listener = bind_socket(request_for(address()));
  ASSERT_TRUE(listener && listen_on(listener->number(), 0));
  const auto client = connect_to(listener->number());
  const auto accepted = accept_connection(listener->number());
  ASSERT_TRUE(accepted);
  EXPECT_EQ(local_peer(accepted->socket.number()),
            (base::LocalPeer{.pid = ::getpid(), .uid = ::geteuid(), .gid = ::getegid()}));
}

TEST(PathAccess, DoesNotFollowALinkThatStandsInThePlaceOfTheSocket) {
  const auto folder = std::filesystem::temp_directory_path() / ("porterd-access-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string secret = folder / "secret";
  const std::string path = folder / "socket";
  base::Fd(::open(secret.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)).reset();
  std::filesystem::create_symlink(secret, path);
  const auto changed = set_path_access(path, static_cast<uid_t>(-1), static_cast<gid_t>(-1), 0666);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code.value(), ENOTSOCK);
  struct stat status{};
  ASSERT_EQ(::stat(secret.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace porterd::os
