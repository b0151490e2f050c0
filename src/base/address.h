// SPDX-License-Identifier: Apache-2.0
//
// Internet addresses, prefixes and socket addresses as values. No look-up, except if_nametoindex(3) for "%eth0".
// An IPv4 address is never stored v4-mapped (RFC 4291 section 2.5.5.2): parse_address() and
// socket_address() turn ::ffff:a.b.c.d into a.b.c.d, so that rules and logs see one form.
#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace porterd::base {

enum class Family : std::uint8_t { ipv4, ipv6 };

/// An IPv4 or IPv6 address. `bytes` is in network order; IPv4 uses the first four.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  std::uint32_t scope = 0;  ///< interface index of a link-local IPv6 address, else 0
  Family family = Family::ipv4;

  /// Bits of this family: 32 or 128.
  [[nodiscard]] constexpr int bits() const { return family == Family::ipv4 ? 32 : 128; }
  [[nodiscard]] bool is_unspecified() const;  ///< 0.0.0.0 or ::
  [[nodiscard]] bool is_loopback() const;     ///< 127.0.0.0/8 or ::1
  [[nodiscard]] bool is_link_local() const;   ///< 169.254.0.0/16 or fe80::/10
  /// Numeric text, inet_ntop(3); a scope is not printed.
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// From numeric text as inet_pton(3) reads it, with "%eth0" or "%2" after a link-local IPv6 address.
/// Nothing for anything else, host names too.
[[nodiscard]] std::optional<IpAddress> parse_address(std::string_view text);

/// IpAddress::text() without a string on the heap and without printf(3), as it is made for every connection.
class AddressText {
 public:
  explicit AddressText(const IpAddress& address);
  [[nodiscard]] std::string_view view() const { return {characters_.data(), size_}; }

 private:
  static constexpr std::size_t kLongest = 46;  // INET6_ADDRSTRLEN
  std::array<char, kLongest> characters_;
  std::size_t size_ = 0;
};

/// An address and how many of its leading bits count. Host bits are zero.
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;  ///< 0-32 or 0-128

  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] std::string text() const;  ///< "10.0.0.0/8"; a host without "/32" or "/128"
  friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

/// The prefix of `length` bits that `address` lies in; host bits are cleared, the scope too.
[[nodiscard]] Prefix prefix_of(const IpAddress& address, int length);
/// "10.0.0.0/8", "2001:db8::/32", a bare address (all bits). Nothing when it is not numeric or the length too
/// large. Set host bits are accepted here and cleared.
[[nodiscard]] std::optional<Prefix> parse_prefix(std::string_view text);

/// An internet address with a port (host order).
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  [[nodiscard]] std::string text() const;  ///< "192.0.2.1:79", "[2001:db8::1]:79"
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// A UNIX socket's name: a path, or with is_abstract a name in the abstract name space (unix(7)).
/// Both empty: unnamed, as the peer of a UNIX connection usually is.
struct UnixAddress {
  std::string name;
  bool is_abstract = false;

  [[nodiscard]] std::string text() const;  ///< "/run/x.sock", "@x", "unix" when unnamed
  friend auto operator<=>(const UnixAddress&, const UnixAddress&) = default;
};

/// Where a socket is bound or connected.
using SocketAddress = std::variant<Endpoint, UnixAddress>;

[[nodiscard]] std::string text_of(const SocketAddress& address);

/// A socket address as the kernel takes it.
struct RawAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  [[nodiscard]] const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// For bind(2) and connect(2). Nothing when a UNIX name does not fit sockaddr_un (107 bytes for a path).
[[nodiscard]] std::optional<RawAddress> raw_address(const SocketAddress& address);
/// From what accept4(2), getsockname(2) or recvmsg(2) gave; an unknown family reads as an unnamed UNIX address.
[[nodiscard]] SocketAddress socket_address(const RawAddress& raw);

}  // namespace porterd::base
