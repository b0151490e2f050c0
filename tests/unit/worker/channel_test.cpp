// SPDX-License-Identifier: Apache-2.0
#include "worker/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/descriptor_passing.h"
#include "os/socket.h"

namespace porterd::worker {
namespace {

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    auto pair = os::make_socket_pair(SOCK_SEQPACKET);
    above_ = Channel(std::move(pair->first), reports());
    below_ = Channel(std::move(pair->second), orders());
  }
  void send_below(std::span<const std::byte> bytes, int descriptor = -1) {
    ASSERT_TRUE(above_.send_bytes(bytes, descriptor).has_value());
  }
  template <WireMessage M>
  void send_below(const M& message, int descriptor = -1) {
    send_below(std::as_bytes(std::span(&message, 1)), descriptor);
  }
  NoMessage trouble() {
    const auto received = below_.receive(State::serving);
    EXPECT_FALSE(received.has_value());
    return received ? NoMessage::none : received.error();
  }
  Channel above_;
  Channel below_;
  base::Fd null_{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
};

TEST_F(ChannelTest, CarriesAMessageWithItsDescriptor) {
  send_below(Serve{.service = 7, .id = 0x1234567890}, null_.number());
  const auto received = below_.receive(State::serving);
  ASSERT_TRUE(received.has_value());
  ASSERT_EQ(received->kind(), Kind::serve);
  EXPECT_EQ(received->as<Serve>().service, 7U);
  EXPECT_EQ(received->as<Serve>().id, 0x1234567890U);
  EXPECT_TRUE(received->descriptor.is_open());
  EXPECT_EQ(::fcntl(received->descriptor.number(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(trouble(), NoMessage::none);
}

TEST_F(ChannelTest, KnowsTheEnd) {
  send_below(Ping{.number = 1});
  above_.finish();
  EXPECT_TRUE(below_.receive(State::serving).has_value()) << "what was sent before counts";
  EXPECT_EQ(trouble(), NoMessage::finished);
}

TEST_F(ChannelTest, IsFullBeforeItBlocks) {
  std::size_t count = 0;
  while (above_.send(Ping{.number = 1})) ++count;
  EXPECT_GT(count, 50U);
  EXPECT_EQ(above_.send(Ping{.number = 1}).error(), EAGAIN);
}

TEST_F(ChannelTest, TakesNothingOfTheWrongSize) {
  const Ping ping;
  send_below(std::as_bytes(std::span(&ping, 1)).first(sizeof ping - 1));
  EXPECT_EQ(trouble(), NoMessage::nonsense);
  const std::array<std::byte, kLargestMessage + 1> large{};
  send_below(large);
  EXPECT_EQ(trouble(), NoMessage::nonsense);
  send_below(std::span(large).first(1));
  EXPECT_EQ(trouble(), NoMessage::nonsense);
}

TEST_F(ChannelTest, TakesADescriptorOnlyWhereOneBelongs) {
  send_below(Ping{}, null_.number());
  EXPECT_EQ(trouble(), NoMessage::nonsense);
  send_below(Serve{});
  EXPECT_EQ(trouble(), NoMessage::nonsense);
}

TEST_F(ChannelTest, TakesNoReportAsAnOrder) {
  send_below(Ended{});
  EXPECT_EQ(trouble(), NoMessage::nonsense);
  send_below(Ready{});
  EXPECT_EQ(trouble(), NoMessage::nonsense);
}

TEST_F(ChannelTest, ClosesDescriptorsThatItDoesNotTake) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const base::Fd reading(pipe[0]);
  base::Fd writing(pipe[1]);
  send_below(Ping{}, writing.number());
  writing.reset();
  EXPECT_EQ(trouble(), NoMessage::nonsense);
  char byte = 0;
  EXPECT_EQ(::read(reading.number(), &byte, 1), 0) << "the last writing end is closed";
}

TEST_F(ChannelTest, TakesNoTwoDescriptors) {
  const Serve serve;
  Serve bytes = serve;
  iovec part{.iov_base = &bytes, .iov_len = sizeof bytes};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* header = CMSG_FIRSTHDR(&message);
  *header = {.cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  const std::array<int, 2> both{null_.number(), null_.number()};
  std::memcpy(CMSG_DATA(header), both.data(), sizeof both);
  ASSERT_GT(::sendmsg(above_.number(), &message, 0), 0);
  EXPECT_EQ(trouble(), NoMessage::nonsense);
}

TEST_F(ChannelTest, HearsNothingButReadyFromAWorkerThatStarts) {
  ASSERT_TRUE(below_.send(Pong{.number = 1}));
  const auto early = above_.receive(State::starting);
  EXPECT_EQ(early.error(), NoMessage::nonsense);
  ASSERT_TRUE(below_.send(Ready{.missing = 0}));
  EXPECT_TRUE(above_.receive(State::starting).has_value());
  ASSERT_TRUE(below_.send(Ready{.missing = 0}));
  EXPECT_EQ(above_.receive(State::serving).error(), NoMessage::nonsense) << "once";
}

}  // namespace
}  // namespace porterd::worker
