// SPDX-License-Identifier: Apache-2.0
//
// Tells rpcbind(8) where RPC programs are, and that they are no longer. It waits for answers, which porterd must not,
// and it has libtirpc, which is not for a process that is to stay small.
//
// usage: porterd-rpc [unset PROGRAM VERSION | set PROGRAM VERSION NETID ADDRESS PORT]…
//
// Prints "done", or what went wrong first. What was set and cannot be unset was not there, which is no failure.
#include <arpa/inet.h>
#include <netconfig.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <rpc/rpcb_clnt.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

rpcprog_t number(const char* text) { return static_cast<rpcprog_t>(std::strtoul(text, nullptr, 10)); }

/// The address as the kernel takes it, in `storage`; 0 when it is none.
unsigned make_address(const char* text, const char* port, sockaddr_storage& storage) {
  const auto network_port = htons(static_cast<std::uint16_t>(number(port)));
  auto& four = reinterpret_cast<sockaddr_in&>(storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  if (::inet_pton(AF_INET, text, &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = network_port;
    return sizeof four;
  }
  if (::inet_pton(AF_INET6, text, &six.sin6_addr) != 1) return 0;
  six.sin6_family = AF_INET6;
  six.sin6_port = network_port;
  return sizeof six;
}

int fail(const char* const* words) {
  // libtirpc's own words have a line end.
  std::printf("program %s version %s: %s\n", words[0], words[1], clnt_spcreateerror("rpcbind"));
  return kExitFailed;
}

/// `words`: PROGRAM VERSION NETID ADDRESS PORT.
int set(const char* const* words) {
  sockaddr_storage storage{};
  netbuf address{};
  address.len = address.maxlen = make_address(words[3], words[4], storage);
  address.buf = &storage;
  netconfig* const network = getnetconfigent(words[2]);
  if (network == nullptr || address.len == 0) {
    std::printf("%s is no netid of netconfig(5), or %s no address\n", words[2], words[3]);
    return kExitFailed;
  }
  const bool is_set = rpcb_set(number(words[0]), number(words[1]), network, &address) != 0;
  freenetconfigent(network);
  return is_set ? 0 : fail(words);
}

}  // namespace

int main(int count, char** arguments) {
  constexpr int kUnsetWords = 3;
  constexpr int kSetWords = 6;
  for (int at = 1; at < count;) {
    const bool is_set = std::strcmp(arguments[at], "set") == 0;
    const int words = is_set ? kSetWords : kUnsetWords;
    if (at + words > count) return kExitUsage;
    if (is_set) {
      if (const int status = set(arguments + at + 1); status != 0) return status;
    } else {
      rpcb_unset(number(arguments[at + 1]), number(arguments[at + 2]), nullptr);
    }
    at += words;
  }
  std::puts("done");
  return 0;
}
