// SPDX-License-Identifier: Apache-2.0
#include "worker/connector.h"

#include <sys/un.h>

#include <cstdlib>
#include <fstream>

#include "looping.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

struct Caller final : ConnectorOwner {
  void on_connected(base::Fd given) noexcept override { socket = std::move(given); }
  void on_no_target(int given) noexcept override { error = given; }
  [[nodiscard]] bool is_done() const { return socket.is_open() || error; }
  base::Fd socket;
  std::optional<int> error;
};

class ConnectorTest : public testing::Test {
 protected:
  ConnectorTest() {
    std::ofstream(folder_ + "/hosts") << "127.0.0.1 four.test both.test\n::1 both.test\n";
    resolver_ = std::move(*event::Resolver::make(looping_.loop(), folder_ + "/none", folder_ + "/hosts"));
  }
  ~ConnectorTest() override {
    for (const auto* name : {"/hosts", "/socket"}) ::unlink((folder_ + name).c_str());
    ::rmdir(folder_.c_str());
  }
  void connect(std::vector<RelayTarget> targets, milliseconds timeout = milliseconds(2000)) {
    targets_ = std::move(targets);
    connector_.emplace(looping_.loop(), *resolver_, targets_, dead_, timeout, caller_);
    connector_->start();
    EXPECT_TRUE(looping_.run_until([this] { return caller_.is_done(); }));
  }
  static RelayTarget at(std::uint16_t port, std::string_view address = "127.0.0.1") {
    return base::SocketAddress(base::Endpoint{*base::parse_address(address), port});
  }
  /// A port of 127.0.0.1 where nobody listens.
  static std::uint16_t closed_port() { return port_of(tcp_listener().number()); }
  static std::string make_folder() {
    std::string name = testing::TempDir() + "connectorXXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }

  std::string folder_ = make_folder();
  Looping looping_;
  std::unique_ptr<event::Resolver> resolver_;
  std::vector<RelayTarget> targets_;
  Caller caller_;
  DeadTargets<RelayTarget> dead_;
  std::optional<Connector> connector_;
};

TEST_F(ConnectorTest, TakesTheFirstThatAnswers) {
  const auto listener = tcp_listener();
  connect({at(closed_port()), at(port_of(listener.number())), at(closed_port())});
  EXPECT_TRUE(caller_.socket.is_open());
  EXPECT_EQ(connector_->target(), 1U);
  EXPECT_TRUE(is_readable(listener.number()));
}

TEST_F(ConnectorTest, TriesOneThatWasDeadAMomentAgoLast) {
  auto listener = tcp_listener();
  targets_ = {at(closed_port()), at(port_of(listener.number()))};
  const auto again = [&] {
    caller_.socket.reset();
    caller_.error.reset();
    connector_.emplace(looping_.loop(), *resolver_, targets_, dead_, milliseconds(2000), caller_);
    connector_->start();
    EXPECT_TRUE(looping_.run_until([&] { return caller_.is_done(); }));
    return connector_->target();
  };
  EXPECT_EQ(again(), 1U);
  const auto now = base::Steady::now();
  EXPECT_EQ(dead_.order(targets_, now), (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(again(), 1U);
  listener.reset();
  again();
  EXPECT_EQ(caller_.error, ECONNREFUSED) << "all are tried all the same";
  EXPECT_EQ(dead_.order(targets_, now + 2 * DeadTargets<RelayTarget>::kMemory), (std::vector<std::size_t>{0, 1}));
}

TEST_F(ConnectorTest, TellsTheLastError) {
  connect({at(closed_port()), at(closed_port())});
  EXPECT_EQ(caller_.error, ECONNREFUSED);
  EXPECT_EQ(connector_->target(), 1U);
}

TEST_F(ConnectorTest, TriesAllAddressesOfAName) {
  const auto listener = tcp_listener();
  connect({HostTarget{.host = "both.test", .port = port_of(listener.number())}});
  EXPECT_TRUE(caller_.socket.is_open());
}

TEST_F(ConnectorTest, ANameThatNobodyKnowsIsPassedOver) {
  const auto listener = tcp_listener();
  connect({HostTarget{.host = "none.test", .port = 1}, at(port_of(listener.number()))}, milliseconds(300));
  EXPECT_TRUE(caller_.socket.is_open());
  EXPECT_EQ(connector_->target(), 1U);
}

TEST_F(ConnectorTest, ATargetThatIsSilentIsGivenUp) {
  // With the queue full, the kernel answers no SYN.
  const auto silent = tcp_listener(0);
  std::vector<base::Fd> filling;
  const auto address = loopback(port_of(silent.number()));
  for (int number = 0; number < 4; ++number) {
    filling.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(filling.back().number(), address.pointer(), address.length);
  }
  const auto listener = tcp_listener();
  const auto start = std::chrono::steady_clock::now();
  connect({at(port_of(silent.number())), at(port_of(listener.number()))}, milliseconds(200));
  EXPECT_TRUE(caller_.socket.is_open());
  EXPECT_EQ(connector_->target(), 1U);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(200));
}

TEST_F(ConnectorTest, WaitsForAFullUnixQueue) {
  base::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const base::SocketAddress path = base::UnixAddress{.name = folder_ + "/socket"};
  const auto raw = *base::raw_address(path);
  ASSERT_EQ(::bind(listener.number(), raw.pointer(), raw.length), 0);
  ASSERT_EQ(::listen(listener.number(), 0), 0);
  connect({path});
  ASSERT_TRUE(caller_.socket.is_open());
  const auto first = std::move(caller_.socket);
  // The queue holds one. Make room after a while.
  event::Timer room(looping_.loop(),
                    {&listener, [](void* socket) noexcept {
                       ::close(::accept4(static_cast<base::Fd*>(socket)->number(), nullptr, nullptr, SOCK_CLOEXEC));
                     }});
  room.start(milliseconds(100));
  const auto start = std::chrono::steady_clock::now();
  connect({path});
  EXPECT_TRUE(caller_.socket.is_open());
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(90));
  const auto second = std::move(caller_.socket);
  connect({path}, milliseconds(100));
  EXPECT_EQ(caller_.error, ETIMEDOUT);
}

TEST_F(ConnectorTest, WithoutTargetsThereIsNone) {
  connect({});
  EXPECT_TRUE(caller_.error);
}

}  // namespace
}  // namespace porterd::worker
