// SPDX-License-Identifier: Apache-2.0
#include "event/resolver.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <optional>

#include "base/fd.h"

namespace porterd::event {
namespace {

using testing::ElementsAre;

/// A name server on 127.0.0.1 that knows a few names, runs in the loop and counts what it is asked. Answers are made by
/// hand (RFC 1035, section 4).
class NameServer {
 public:
  explicit NameServer(Loop& loop) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    watch_.emplace(loop, socket_.number(), callback<&NameServer::on_readable>(*this));
    watch_->arm();
  }
  std::map<std::string, std::string> ipv4{};  ///< name to address
  std::map<std::string, std::string> ipv6{};
  int questions = 0;
  bool is_silent = false;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void on_readable() {
    std::array<char, 512> bytes{};
    sockaddr_storage source{};
    socklen_t source_size = sizeof source;
    const ssize_t size =
        ::recvfrom(socket_.number(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&source), &source_size);
    if (size < 17) return;
    ++questions;
    if (is_silent) return;
    const auto reply = answer({bytes.data(), static_cast<std::size_t>(size)});
    ::sendto(socket_.number(), reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&source), source_size);
  }

  std::string answer(std::string message) const {
    std::string name;
    std::size_t place = 12;
    while (message[place] != 0) {
      if (!name.empty()) name += '.';
      name.append(message, place + 1, static_cast<std::size_t>(message[place]));
      place += static_cast<std::size_t>(message[place]) + 1;
    }
    for (char& letter : name) letter = static_cast<char>(std::tolower(letter));  // evdns plays with the case
    const bool is_ipv6 = message[place + 2] == 28;
    const auto& known = is_ipv6 ? ipv6 : ipv4;
    const auto found = known.find(name);
    const bool has_name = ipv4.contains(name) || ipv6.contains(name);
    message.resize(place + 5);
    message[2] = static_cast<char>(0x81);
    message[3] = static_cast<char>(has_name ? 0x80 : 0x83);  // NXDOMAIN
    message[11] = 0;
    if (found == known.end()) return message;
    message[7] = 1;
    std::array<char, 16> address{};
    ::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, found->second.c_str(), address.data());
    const std::size_t length = is_ipv6 ? 16 : 4;
    message.append("\xc0\x0c\0", 3).append(1, is_ipv6 ? '\x1c' : '\x01').append("\0\x01\0\0\0\x3c\0", 7);
    message.append(1, static_cast<char>(length)).append(address.data(), length);
    return message;
  }

  base::Fd socket_;
  std::uint16_t port_ = 0;
  std::optional<Watch> watch_;
};

struct Asker final : Resolved {
  explicit Asker(Loop& given) : loop(given) {}
  void on_resolved(const std::vector<base::IpAddress>& addresses) noexcept override {
    answer.emplace();
    for (const auto& address : addresses) answer->push_back(address.text());
    loop.stop();
  }
  Loop& loop;
  std::optional<std::vector<std::string>> answer;
};

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() {
    std::ofstream(folder_ + "/resolv.conf") << "nameserver 127.0.0.1:" << server_.port() << "\noptions timeout:1\n";
    std::ofstream(folder_ + "/hosts") << "192.0.2.7 from-hosts alias\n2001:db8::7 from-hosts\n";
    resolver_ = std::move(*Resolver::make(loop_, folder_ + "/resolv.conf", folder_ + "/hosts"));
  }
  ~ResolverTest() override {
    resolver_.reset();
    for (const auto* name : {"/resolv.conf", "/hosts"}) ::unlink((folder_ + name).c_str());
    ::rmdir(folder_.c_str());
  }
  std::vector<std::string> resolve(const std::string& host) {
    Asker asker(loop_);
    resolver_->resolve(host, asker);
    if (!asker.answer) loop_.run();
    return *asker.answer;
  }
  static std::string make_folder() {
    std::string name = testing::TempDir() + "resolverXXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }

  std::string folder_ = make_folder();
  Loop loop_ = *Loop::make();
  NameServer server_{loop_};
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(ResolverTest, KnowsHosts) {
  EXPECT_THAT(resolve("from-hosts"), ElementsAre("2001:db8::7", "192.0.2.7"));
  EXPECT_THAT(resolve("alias"), ElementsAre("192.0.2.7"));
  EXPECT_EQ(server_.questions, 0);
}

TEST_F(ResolverTest, AsksForBothFamiliesAndKeepsTheAnswer) {
  server_.ipv4["both.test"] = "192.0.2.1";
  server_.ipv6["both.test"] = "2001:db8::1";
  EXPECT_THAT(resolve("both.test"), ElementsAre("2001:db8::1", "192.0.2.1"));
  EXPECT_THAT(resolve("both.test"), ElementsAre("2001:db8::1", "192.0.2.1"));
  EXPECT_EQ(server_.questions, 2);
}

TEST_F(ResolverTest, OneFamilyIsEnough) {
  server_.ipv4["four.test"] = "192.0.2.4";
  server_.ipv6["six.test"] = "2001:db8::6";
  EXPECT_THAT(resolve("four.test"), ElementsAre("192.0.2.4"));
  EXPECT_THAT(resolve("six.test"), ElementsAre("2001:db8::6"));
}

TEST_F(ResolverTest, AnUnknownNameHasNoAddressAndIsNotAskedForAgainAtOnce) {
  EXPECT_THAT(resolve("no.test"), ElementsAre());
  const int questions = server_.questions;
  EXPECT_THAT(resolve("no.test"), ElementsAre());
  EXPECT_EQ(server_.questions, questions);
}

TEST_F(ResolverTest, WhoAsksTogetherIsAnsweredByOneLookUp) {
  server_.ipv4["both.test"] = "192.0.2.1";
  Asker first(loop_);
  Asker second(loop_);
  resolver_->resolve("both.test", first);
  resolver_->resolve("both.test", second);
  while (!first.answer || !second.answer) loop_.run();
  EXPECT_THAT(*first.answer, ElementsAre("192.0.2.1"));
  EXPECT_THAT(*second.answer, ElementsAre("192.0.2.1"));
  EXPECT_EQ(server_.questions, 2);
}

TEST_F(ResolverTest, AWithdrawnQuestionHasNoAnswer) {
  server_.ipv4["both.test"] = "192.0.2.1";
  {
    Asker gone(loop_);
    resolver_->resolve("both.test", gone);
  }
  EXPECT_THAT(resolve("both.test"), ElementsAre("192.0.2.1"));
}

TEST_F(ResolverTest, MayEndWhileItWaits) {
  server_.is_silent = true;
  Asker asker(loop_);
  resolver_->resolve("slow.test", asker);
  asker.withdraw();
  resolver_.reset();
  EXPECT_FALSE(asker.answer);
}

}  // namespace
}  // namespace porterd::event
