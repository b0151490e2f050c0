// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace porterd::base {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedStart = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kPathSize = sizeof(sockaddr_un::sun_path);
constexpr std::size_t kPathOffset = offsetof(sockaddr_un, sun_path);

bool is_mapped(const IpAddress& address) {
  return address.family == Family::ipv6 && std::equal(kMappedStart.begin(), kMappedStart.end(), address.bytes.begin());
}

IpAddress unmapped(const IpAddress& address) {
  if (!is_mapped(address)) return address;
  IpAddress plain;
  std::copy(address.bytes.begin() + kMappedStart.size(), address.bytes.end(), plain.bytes.begin());
  return plain;
}

template <typename Number>
std::optional<Number> decimal(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2" or "eth0"; 0 is no interface.
std::optional<std::uint32_t> parse_scope(std::string_view text) {
  std::optional<std::uint32_t> index = decimal<std::uint32_t>(text);
  if (!index) index = ::if_nametoindex(std::string(text).c_str());
  return *index == 0 ? std::nullopt : index;
}

// As written: a v4-mapped address stays IPv6. No scope.
std::optional<IpAddress> parse_plain(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  if (text.size() >= buffer.size() || text.find('\0') != text.npos) return std::nullopt;
  std::copy(text.begin(), text.end(), buffer.begin());
  IpAddress address;
  address.family = text.find(':') == text.npos ? Family::ipv4 : Family::ipv6;
  const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
  if (::inet_pton(family, buffer.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

void clear_host_bits(IpAddress& address, int length) {
  const auto whole = static_cast<std::size_t>(length / 8);
  if (whole >= address.bytes.size()) return;
  address.bytes[whole] = static_cast<std::uint8_t>(address.bytes[whole] & (0xff00U >> (length % 8)));
  std::fill(address.bytes.begin() + static_cast<std::ptrdiff_t>(whole) + 1, address.bytes.end(), std::uint8_t{0});
}

// sockaddr_storage is filled and read by memcpy: no object of the family's own type lives in it.
template <typename Sockaddr>
RawAddress raw_from(const Sockaddr& name) {
  RawAddress raw;
  std::memcpy(&raw.storage, &name, sizeof name);
  raw.length = sizeof name;
  return raw;
}

RawAddress raw_endpoint(const Endpoint& endpoint) {
  if (endpoint.address.family == Family::ipv4) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(endpoint.port);
    std::memcpy(&name.sin_addr, endpoint.address.bytes.data(), sizeof name.sin_addr);
    return raw_from(name);
  }
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(endpoint.port);
  name.sin6_scope_id = endpoint.address.scope;
  std::memcpy(&name.sin6_addr, endpoint.address.bytes.data(), sizeof name.sin6_addr);
  return raw_from(name);
}

// A path ends with a NUL that counts (unix(7)); an abstract name begins with one; an unnamed address has neither.
std::optional<RawAddress> raw_unix(const UnixAddress& address) {
  const bool is_unnamed = address.name.empty() && !address.is_abstract;
  const std::size_t size = is_unnamed ? 0 : address.name.size() + 1;
  if (size > kPathSize || (!address.is_abstract && address.name.find('\0') != address.name.npos)) return std::nullopt;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::copy(address.name.begin(), address.name.end(), name.sun_path + (address.is_abstract ? 1 : 0));
  RawAddress raw = raw_from(name);
  raw.length = static_cast<socklen_t>(kPathOffset + size);
  return raw;
}

Endpoint endpoint_ipv4(const RawAddress& raw) {
  sockaddr_in name{};
  std::memcpy(&name, &raw.storage, sizeof name);
  Endpoint endpoint;
  std::memcpy(endpoint.address.bytes.data(), &name.sin_addr, sizeof name.sin_addr);
  endpoint.port = ntohs(name.sin_port);
  return endpoint;
}

Endpoint endpoint_ipv6(const RawAddress& raw) {
  sockaddr_in6 name{};
  std::memcpy(&name, &raw.storage, sizeof name);
  Endpoint endpoint;
  endpoint.address.family = Family::ipv6;
  std::memcpy(endpoint.address.bytes.data(), &name.sin6_addr, sizeof name.sin6_addr);
  endpoint.address.scope = name.sin6_scope_id;
  endpoint.address = unmapped(endpoint.address);
  endpoint.port = ntohs(name.sin6_port);
  return endpoint;
}

UnixAddress unix_address(const RawAddress& raw) {
  if (raw.storage.ss_family != AF_UNIX || raw.length <= kPathOffset) return {};
  sockaddr_un name{};
  std::memcpy(&name, &raw.storage, sizeof name);
  const std::string_view path(name.sun_path, std::min<std::size_t>(raw.length - kPathOffset, kPathSize));
  if (path.front() == '\0') return {std::string(path.substr(1)), true};
  return {std::string(path.substr(0, path.find('\0'))), false};
}

}  // namespace

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
  if (family == Family::ipv4) return bytes[0] == 127;
  return bytes.back() == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_link_local() const {
  if (family == Family::ipv4) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::string IpAddress::text() const { return std::string(AddressText(*this).view()); }

AddressText::AddressText(const IpAddress& address) {
  static_assert(kLongest >= INET6_ADDRSTRLEN);
  if (address.family == Family::ipv6) {
    ::inet_ntop(AF_INET6, address.bytes.data(), characters_.data(), kLongest);
    size_ = std::strlen(characters_.data());
    return;
  }
  char* end = characters_.data();
  for (std::size_t index = 0; index < 4; ++index) {
    if (index > 0) *end++ = '.';
    end = std::to_chars(end, characters_.end(), address.bytes[index]).ptr;
  }
  size_ = static_cast<std::size_t>(end - characters_.data());
}

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::size_t percent = text.find('%');
  std::optional<IpAddress> address = parse_plain(text.substr(0, percent));
  if (!address || percent == text.npos) return address ? std::optional(unmapped(*address)) : std::nullopt;
  if (address->family != Family::ipv6 || !address->is_link_local()) return std::nullopt;
  const std::optional<std::uint32_t> scope = parse_scope(text.substr(percent + 1));
  if (!scope) return std::nullopt;
  address->scope = *scope;
  return address;
}

bool Prefix::contains(const IpAddress& other) const {
  return other.family == address.family && prefix_of(other, length).address.bytes == address.bytes;
}

std::string Prefix::text() const {
  return length == address.bits() ? address.text() : address.text() + "/" + std::to_string(length);
}

Prefix prefix_of(const IpAddress& address, int length) {
  Prefix prefix{address, static_cast<std::uint8_t>(std::clamp(length, 0, address.bits()))};
  prefix.address.scope = 0;
  clear_host_bits(prefix.address, prefix.length);
  return prefix;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) {
    const std::optional<IpAddress> address = parse_address(text);
    return address ? std::optional(prefix_of(*address, address->bits())) : std::nullopt;
  }
  const std::optional<IpAddress> address = parse_plain(text.substr(0, slash));
  const std::optional<std::uint8_t> length = decimal<std::uint8_t>(text.substr(slash + 1));
  if (!address || !length || *length > address->bits()) return std::nullopt;
  // Of ::ffff:0:0/96 and longer we see only IPv4 addresses, so that is what such a prefix means.
  const int mapped_bits = 8 * static_cast<int>(kMappedStart.size());
  if (is_mapped(*address) && *length >= mapped_bits) return prefix_of(unmapped(*address), *length - mapped_bits);
  return prefix_of(*address, *length);
}

std::string Endpoint::text() const {
  const std::string host = address.text();
  return (address.family == Family::ipv4 ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::string UnixAddress::text() const {
  if (is_abstract) return "@" + name;
  return name.empty() ? "unix" : name;
}

std::string text_of(const SocketAddress& address) {
  return std::visit([](const auto& one) { return one.text(); }, address);
}

std::optional<RawAddress> raw_address(const SocketAddress& address) {
  if (const auto* endpoint = std::get_if<Endpoint>(&address)) return raw_endpoint(*endpoint);
  return raw_unix(std::get<UnixAddress>(address));
}

SocketAddress socket_address(const RawAddress& raw) {
  if (raw.storage.ss_family == AF_INET && raw.length >= sizeof(sockaddr_in)) return endpoint_ipv4(raw);
  if (raw.storage.ss_family == AF_INET6 && raw.length >= sizeof(sockaddr_in6)) return endpoint_ipv6(raw);
  return unix_address(raw);
}

}  // namespace porterd::base
