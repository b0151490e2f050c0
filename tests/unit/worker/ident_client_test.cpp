// SPDX-License-Identifier: Apache-2.0
#include "worker/ident_client.h"

#include "looping.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

struct Asked final : IdentOwner {
  void on_ident(std::uint64_t id, const IdentReply& given) noexcept override {
    EXPECT_EQ(id, 9U);
    reply = given;
  }
  std::optional<IdentReply> reply;
};

class IdentClientTest : public testing::Test {
 protected:
  void ask(std::uint16_t port, milliseconds deadline = milliseconds(5000)) {
    client_.emplace(looping_.loop(),
                    IdentClient::Request{.id = 9,
                                         .peer = {*base::parse_address("127.0.0.1"), 6193},
                                         .local = {*base::parse_address("127.0.0.5"), 23},
                                         .deadline = deadline,
                                         .port = port},
                    owner_);
  }
  /// The question as the server hears it; `server_` is the connection.
  std::string question() {
    EXPECT_TRUE(looping_.run_until([this] { return is_readable(listener_.number()); }));
    base::RawAddress source;
    server_.reset(::accept4(listener_.number(), source.pointer(), &source.length, SOCK_CLOEXEC));
    EXPECT_EQ(std::get<base::Endpoint>(base::socket_address(source)).address.text(), "127.0.0.5");
    std::string text;
    EXPECT_TRUE(looping_.run_until([&] { return !drain(server_.number(), text) || text.ends_with('\n'); }));
    return text;
  }
  IdentReply answer() {
    EXPECT_TRUE(looping_.run_until([this] { return owner_.reply.has_value(); }));
    return owner_.reply.value_or(std::unexpected(IdentFailure::malformed));
  }

  Looping looping_;
  Asked owner_;
  base::Fd listener_ = tcp_listener();
  base::Fd server_;
  std::optional<IdentClient> client_;
};

TEST_F(IdentClientTest, AsksFromTheAddressThatWasConnectedTo) {
  ask(port_of(listener_.number()));
  EXPECT_EQ(question(), "6193, 23\r\n");
  say(server_.number(), "6193, 23 : USERID : ");
  looping_.run_for(milliseconds(5));
  say(server_.number(), "UNIX : bob\r\n");
  EXPECT_EQ(answer(), (IdentUser{.system = "UNIX", .name = "bob"}));
}

TEST_F(IdentClientTest, TheEndOfTheStreamEndsTheLine) {
  ask(port_of(listener_.number()));
  question();
  say(server_.number(), "6193, 23 : USERID : UNIX : bob");
  server_.reset();
  EXPECT_EQ(answer(), (IdentUser{.system = "UNIX", .name = "bob"}));
}

TEST_F(IdentClientTest, SaysWhyThereIsNoName) {
  ask(port_of(listener_.number()));
  question();
  say(server_.number(), "6193, 23 : ERROR : NO-USER\r\n");
  EXPECT_EQ(answer(), std::unexpected(IdentFailure::no_user));
}

TEST_F(IdentClientTest, AServerThatGoesWithoutAReply) {
  ask(port_of(listener_.number()));
  question();
  server_.reset();
  EXPECT_EQ(answer(), std::unexpected(IdentFailure::broke));
}

TEST_F(IdentClientTest, NobodyListensThere) {
  ask(port_of(tcp_listener().number()));
  EXPECT_EQ(answer(), std::unexpected(IdentFailure::unreachable));
}

TEST_F(IdentClientTest, DoesNotWaitForEver) {
  ask(port_of(listener_.number()), milliseconds(100));
  EXPECT_EQ(answer(), std::unexpected(IdentFailure::too_late));
}

TEST_F(IdentClientTest, AReplyIsBounded) {
  ask(port_of(listener_.number()));
  question();
  say(server_.number(), std::string(5000, ' '));
  EXPECT_EQ(answer(), std::unexpected(IdentFailure::malformed));
}

}  // namespace
}  // namespace porterd::worker
