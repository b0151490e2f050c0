// SPDX-License-Identifier: Apache-2.0
#include "worker/proxy_header.h"

#include <cstdint>
#include <string_view>
#include <variant>

namespace porterd::worker {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char kVersion2Proxy = 0x21;
constexpr char kUnspecified = 0x00;
constexpr char kTcpOverIpv4 = 0x11;
constexpr char kTcpOverIpv6 = 0x21;

void append_number(std::string& out, std::uint16_t number) {
  out += static_cast<char>(number >> 8U);
  out += static_cast<char>(number & 0xffU);
}

void append_address(std::string& out, const base::IpAddress& address) {
  for (int byte = 0; byte < address.bits() / 8; ++byte)
    out += static_cast<char>(address.bytes[static_cast<std::size_t>(byte)]);
}

}  // namespace

std::string proxy_header(const base::SocketAddress& peer, const base::SocketAddress& local) {
  const auto* from = std::get_if<base::Endpoint>(&peer);
  const auto* to = std::get_if<base::Endpoint>(&local);
  std::string header(kSignature);
  header += kVersion2Proxy;
  if (from == nullptr || to == nullptr || from->address.family != to->address.family) {
    header += kUnspecified;
    append_number(header, 0);
    return header;
  }
  header += from->address.family == base::Family::ipv4 ? kTcpOverIpv4 : kTcpOverIpv6;
  append_number(header, static_cast<std::uint16_t>(2 * from->address.bits() / 8 + 4));
  append_address(header, from->address);
  append_address(header, to->address);
  append_number(header, from->port);
  append_number(header, to->port);
  return header;
}

}  // namespace porterd::worker
