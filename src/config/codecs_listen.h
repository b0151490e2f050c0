// SPDX-License-Identifier: Apache-2.0
//
// Where a service listens:
//
//   79                    both families, every address
//   127.0.0.1:79          one address ("[::1]:79", "[fe80::1%eth0]:79" for IPv6)
//   www.example.org:79    every address that the host's name stands for when the configuration is read
//   %eth0:79              one network device (SO_BINDTODEVICE); also 192.0.2.1%eth0:79, [2001:db8::1]%eth0:79
//   finger                the port that services(5) gives; a name can stand wherever a port can
//   /run/finger.sock      a UNIX socket
//   @finger               one in the abstract name space
//   {path: /run/finger.sock, owner: root, group: adm, mode: 0660}
#pragma once

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// A UNIX socket's name: a path, or "@name" in the abstract name space.
[[nodiscard]] Parsed<base::UnixAddress> parse_unix_name(const Value& value, std::string_view text);

struct ListenCodec {
  using Type = ListenAddress;
  static constexpr std::string_view kForm =
      R"(79, "127.0.0.1:79", "[::1]:79", "HOST:79", "%eth0:79", a name from services(5), /run/x.sock or "@name")";
  static Parsed<ListenAddress> parse(const Value& value, const Context& context);
  static Value print(const ListenAddress& value);
  static std::string schema();
};

/// An address, with a scope where it is link-local, or a host's name.
struct BindCodec {
  using Type = BindAddress;
  static constexpr std::string_view kForm = "an address such as 127.0.0.1 or ::1, or a host's name";
  static Parsed<BindAddress> parse(const Value& value, const Context&);
  static Value print(const BindAddress& value);
  static std::string schema();
};

/// PROGRAM/VERSION or PROGRAM/FIRST-LAST, as in inetd.conf; the program as a name of rpc(5) or a number.
struct RpcCodec {
  using Type = RpcProgram;
  static constexpr std::string_view kForm = "PROGRAM/VERSION or PROGRAM/FIRST-LAST, such as rquotad/1-2";
  static Parsed<RpcProgram> parse(const Value& value, const Context& context);
  static Value print(const RpcProgram& value);
  static std::string schema();
};

}  // namespace porterd::config
