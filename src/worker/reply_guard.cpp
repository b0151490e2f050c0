// SPDX-License-Identifier: Apache-2.0
#include "worker/reply_guard.h"

#include <algorithm>
#include <array>
#include <utility>

namespace porterd::worker {
namespace {

// Sorted. Port 0 is no port; the rest are services that answer any datagram, be it with a complaint.
constexpr std::array<std::uint16_t, 22> kReflecting{
    0,      // forged
    7,      // echo
    9,      // discard: answers nothing, but nobody asks from there
    11,     // systat
    13,     // daytime
    17,     // qotd
    19,     // chargen
    37,     // time
    53,     // domain
    69,     // tftp
    88,     // kerberos
    111,    // sunrpc
    123,    // ntp
    137,    // netbios-ns
    161,    // snmp
    389,    // cldap
    427,    // svrloc
    520,    // rip
    1900,   // ssdp
    5353,   // mdns
    11211,  // memcached
    17185,  // vxworks debug
};

// 4096 slots of about 60 bytes.
constexpr std::size_t kSlots = 4096;

std::size_t slot_of(const base::Prefix& source) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;  // FNV-1a, 64 bits
  for (const auto byte : source.address.bytes) hash = (hash ^ byte) * 0x100'0000'01b3U;
  return (hash ^ hash >> 32U) % kSlots;
}

}  // namespace

bool is_reflecting_port(std::uint16_t port) { return std::ranges::binary_search(kReflecting, port); }

ReplyGuard::ReplyGuard(base::TokenRate rate, admission::AccessList access)
    : rate_(rate), access_(std::move(access)), slots_(kSlots) {}

bool ReplyGuard::may_reply(const base::Endpoint& source, base::SteadyTime now) {
  if (is_reflecting_port(source.port) || access_.verdict(source.address) != admission::Verdict::allowed) return false;
  const auto network = base::prefix_of(source.address, source.address.family == base::Family::ipv4 ? 24 : 56);
  // Networks that share a slot share its tokens: a flood from many sources has then fewer replies, never more.
  return slots_[slot_of(network)].take(rate_, now);
}

}  // namespace porterd::worker
