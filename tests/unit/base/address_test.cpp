// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "base/peer.h"

namespace porterd::base {
namespace {

std::string printed(std::string_view text) {
  const auto address = parse_address(text);
  return address ? address->text() : "nothing";
}

std::string printed_prefix(std::string_view text) {
  const auto prefix = parse_prefix(text);
  return prefix ? prefix->text() : "nothing";
}

SocketAddress through_the_kernels_form(const SocketAddress& address) { return socket_address(*raw_address(address)); }

TEST(IpAddress, ReadsAndPrintsNumericText) {
  EXPECT_EQ(printed("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(printed("2001:DB8:0::1"), "2001:db8::1");
  EXPECT_EQ(printed("::"), "::");
}

TEST(IpAddress, ReadsNothingElse) {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", "::1::", "[::1]",
                           "1.2.3.4%1", "2001:db8::1%1", "fe80::1%", "fe80::1%0", "fe80::1%no-such-interface",
                           "10.0.0.0/8", "1111:2222:3333:4444:5555:6666:255.255.255.2555"})
    EXPECT_EQ(printed(text), "nothing") << text;
  EXPECT_EQ(printed(std::string_view("1.2.3.4\0", 8)), "nothing");
}

TEST(IpAddress, TurnsMappedIntoPlain) {
  const auto address = parse_address("::ffff:192.0.2.1");
  ASSERT_TRUE(address);
  EXPECT_EQ(*address, *parse_address("192.0.2.1"));
  EXPECT_EQ(address->bits(), 32);
}

TEST(IpAddress, TakesAScopeByNumberAndByName) {
  EXPECT_EQ(parse_address("fe80::1%7")->scope, 7U);
  EXPECT_EQ(parse_address("fe80::1%lo")->scope, ::if_nametoindex("lo"));
  EXPECT_EQ(printed("fe80::1%7"), "fe80::1");
}

TEST(IpAddress, KnowsItsKind) {
  EXPECT_TRUE(parse_address("0.0.0.0")->is_unspecified());
  EXPECT_TRUE(parse_address("::")->is_unspecified());
  EXPECT_FALSE(parse_address("::1")->is_unspecified());
  EXPECT_TRUE(parse_address("127.3.2.1")->is_loopback());
  EXPECT_TRUE(parse_address("::1")->is_loopback());
  EXPECT_FALSE(parse_address("1::1")->is_loopback());
  EXPECT_TRUE(parse_address("169.254.0.1")->is_link_local());
  EXPECT_TRUE(parse_address("febf::1")->is_link_local());
  EXPECT_FALSE(parse_address("fec0::1")->is_link_local());
}

TEST(Prefix, ReadsAndPrints) {
  EXPECT_EQ(printed_prefix("10.0.0.0/8"), "10.0.0.0/8");
  EXPECT_EQ(printed_prefix("2001:db8::/32"), "2001:db8::/32");
  EXPECT_EQ(printed_prefix("192.0.2.1/32"), "192.0.2.1");
  EXPECT_EQ(printed_prefix("::1"), "::1");
  EXPECT_EQ(printed_prefix("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(printed_prefix("::/0"), "::/0");
}

TEST(Prefix, ClearsHostBits) {
  EXPECT_EQ(printed_prefix("10.1.2.3/9"), "10.0.0.0/9");
  EXPECT_EQ(printed_prefix("10.255.2.3/12"), "10.240.0.0/12");
  EXPECT_EQ(printed_prefix("2001:db8:ffff::1/33"), "2001:db8:8000::/33");
  EXPECT_EQ(printed_prefix("ffff::ffff/127"), "ffff::fffe/127");
}

TEST(Prefix, TurnsMappedIntoPlain) {
  EXPECT_EQ(printed_prefix("::ffff:10.1.0.0/104"), "10.0.0.0/8");
  EXPECT_EQ(printed_prefix("::ffff:0:0/96"), "0.0.0.0/0");
  EXPECT_EQ(printed_prefix("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(Prefix, ReadsNothingElse) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+1", "10.0.0.0/8 ",
                           "10/8", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8", "10.0.0.0/264", "fe80::1%1/64"})
    EXPECT_EQ(printed_prefix(text), "nothing") << text;
}

TEST(Prefix, ContainsWhatSharesItsBitsAndFamily) {
  EXPECT_TRUE(parse_prefix("10.0.0.0/8")->contains(*parse_address("10.255.255.255")));
  EXPECT_FALSE(parse_prefix("10.0.0.0/8")->contains(*parse_address("11.0.0.0")));
  EXPECT_TRUE(parse_prefix("0.0.0.0/0")->contains(*parse_address("255.255.255.255")));
  EXPECT_FALSE(parse_prefix("0.0.0.0/0")->contains(*parse_address("::")));
  EXPECT_FALSE(parse_prefix("::/0")->contains(*parse_address("0.0.0.0")));
  EXPECT_TRUE(parse_prefix("fe80::/10")->contains(*parse_address("fe80::1%3")));
}

TEST(SocketAddress, PrintsEveryForm) {
  EXPECT_EQ(text_of(SocketAddress(Endpoint{*parse_address("192.0.2.1"), 79})), "192.0.2.1:79");
  EXPECT_EQ(text_of(SocketAddress(Endpoint{*parse_address("2001:db8::1"), 79})), "[2001:db8::1]:79");
  EXPECT_EQ(text_of(SocketAddress(UnixAddress{"/run/x.sock", false})), "/run/x.sock");
  EXPECT_EQ(text_of(SocketAddress(UnixAddress{"x", true})), "@x");
  EXPECT_EQ(text_of(SocketAddress(UnixAddress{})), "unix");
}

TEST(SocketAddress, SurvivesTheKernelsForm) {
  const SocketAddress addresses[] = {Endpoint{*parse_address("192.0.2.1"), 65535},
                                     Endpoint{*parse_address("fe80::1%5"), 1},
                                     UnixAddress{"/run/x.sock", false},
                                     UnixAddress{"x", true},
                                     UnixAddress{std::string("a\0b", 3), true},
                                     UnixAddress{std::string(107, 'p'), false},
                                     UnixAddress{std::string(107, 'a'), true},
                                     UnixAddress{}};
  for (const SocketAddress& address : addresses)
    EXPECT_EQ(through_the_kernels_form(address), address) << text_of(address);
}

TEST(SocketAddress, RefusesAUnixNameThatDoesNotFit) {
  EXPECT_FALSE(raw_address(UnixAddress{std::string(108, 'p'), false}));
  EXPECT_FALSE(raw_address(UnixAddress{std::string(108, 'a'), true}));
  EXPECT_FALSE(raw_address(UnixAddress{std::string("a\0b", 3), false}));
}

TEST(SocketAddress, TurnsAMappedPeerIntoPlain) {
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(40001);
  ASSERT_TRUE(parse_address("::ffff:192.0.2.1"));
  const std::uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
  std::memcpy(&name.sin6_addr, mapped, sizeof mapped);
  RawAddress raw;
  std::memcpy(&raw.storage, &name, sizeof name);
  raw.length = sizeof name;
  EXPECT_EQ(text_of(socket_address(raw)), "192.0.2.1:40001");
}

TEST(SocketAddress, ReadsAnUnknownFamilyOrAShortOneAsUnnamed) {
  RawAddress raw;
  EXPECT_EQ(socket_address(raw), SocketAddress(UnixAddress{}));
  raw.storage.ss_family = AF_INET;
  raw.length = sizeof(sa_family_t);
  EXPECT_EQ(socket_address(raw), SocketAddress(UnixAddress{}));
}

TEST(Peer, PrintsEveryForm) {
  EXPECT_EQ(text_of(Peer(Endpoint{*parse_address("::1"), 40001})), "[::1]:40001");
  EXPECT_EQ(text_of(Peer(LocalPeer{17, 0, 5})), "pid=17,uid=0,gid=5");
  EXPECT_EQ(text_of(Peer()), "-");
}

}  // namespace
}  // namespace porterd::base
