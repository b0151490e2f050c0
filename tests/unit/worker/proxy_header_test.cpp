// SPDX-License-Identifier: Apache-2.0
#include "worker/proxy_header.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

base::SocketAddress at(std::string_view address, std::uint16_t port) {
  return base::Endpoint{*base::parse_address(address), port};
}

std::string after_signature(const std::string& header) {
  EXPECT_EQ(header.substr(0, 12), std::string("\r\n\r\n\0\r\nQUIT\n", 12));
  return header.substr(12);
}

TEST(ProxyHeader, TellsIpv4Addresses) {
  EXPECT_EQ(after_signature(proxy_header(at("192.0.2.1", 0x1234), at("198.51.100.2", 443))),
            std::string("\x21\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x12\x34\x01\xbb", 16));
}

TEST(ProxyHeader, TellsIpv6Addresses) {
  const auto header = after_signature(proxy_header(at("2001:db8::1", 1), at("2001:db8::2", 2)));
  ASSERT_EQ(header.size(), 4U + 36U);
  EXPECT_EQ(header.substr(0, 4), std::string("\x21\x21\x00\x24", 4));
  EXPECT_EQ(header.substr(4, 5), std::string("\x20\x01\x0d\xb8\x00", 5));
  EXPECT_EQ(header.substr(36), std::string("\x00\x01\x00\x02", 4));
}

TEST(ProxyHeader, LeavesUnixAddressesOut) {
  EXPECT_EQ(after_signature(proxy_header(base::UnixAddress{}, base::UnixAddress{.name = "/run/x"})),
            std::string("\x21\x00\x00\x00", 4));
}

}  // namespace
}  // namespace porterd::worker
