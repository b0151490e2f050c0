// SPDX-License-Identifier: Apache-2.0
//
// only_from and no_access of xinetd.conf: every form becomes prefixes and host names.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/text.h"
#include "config/codecs_access.h"
#include "config/xinetd_limits.h"

namespace porterd::config {
namespace {

constexpr int kBits4 = 32;
constexpr int kBits6 = 128;

struct Entries {
  const XinetdWord& word;
  std::vector<Value>& items;

  void add(const base::IpAddress& address, int length) {
    items.push_back(xinetd_quoted(word, fmt::format("{}/{}", base::prefix_of(address, length).address.text(), length)));
  }
};

base::IpAddress address_of(std::uint32_t number) {
  base::IpAddress address;
  for (std::size_t index = 0; index < 4; ++index)
    address.bytes[index] = static_cast<std::uint8_t>(number >> (24 - 8 * index));
  return address;
}

// What inet_aton(3) takes: "10.1" is 10.0.0.1, "010.0.0.1" is 8.0.0.1.
std::optional<base::IpAddress> dotted(std::string_view text) {
  in_addr address{};
  if (text.empty() || ::inet_aton(std::string(text).c_str(), &address) == 0) return std::nullopt;
  return address_of(ntohl(address.s_addr));
}

// Octets that are zero at the end are wildcards.
int wildcard_length(const base::IpAddress& address) {
  int octets = 4;
  while (octets > 0 && address.bytes[static_cast<std::size_t>(octets - 1)] == 0) --octets;
  return 8 * octets;
}

void warn_of_short_form(const XinetdWord& word, const base::IpAddress& address, const Context& context) {
  if (!base::parse_address(word.text.substr(0, word.text.find('/'))))
    context.warn(word.where, fmt::format("'{}' is the address {}", word.text, address.text()),
                 "all four numbers make it plain");
}

bool add_numeric(Entries& entries, const Context& context) {
  const auto& word = entries.word;
  if (word.text.contains(':')) {
    const auto address = base::parse_address(word.text);
    if (!address) return false;
    if (!address->is_unspecified()) return entries.add(*address, address->bits()), true;
    context.warn(word.where, "'::' is taken as every IPv6 address; xinetd would take it as none", "write ::/0");
    return entries.add(*address, 0), true;
  }
  const auto address = dotted(word.text);
  if (!address) return false;
  warn_of_short_form(word, *address, context);
  entries.add(*address, wildcard_length(*address));
  return true;
}

// "10.0.0.0/8". As in sscanf(3), only the digits after the slash count.
bool add_prefix(Entries& entries, const Context& context) {
  const auto& word = entries.word;
  const auto slash = word.text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto text = word.text.substr(0, slash);
  const auto rest = word.text.substr(slash + 1);
  const auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  const auto length = base::parse_unsigned(digits);
  const auto address = text.contains(':') ? base::parse_address(text) : dotted(text);
  if (!address || !length) return false;
  warn_of_short_form(word, *address, context);
  // A v4-mapped prefix counts its bits as IPv6 does.
  const int most = text.contains(':') ? kBits6 : kBits4;
  const auto taken = static_cast<int>(std::min<std::uint64_t>(*length, static_cast<std::uint64_t>(most)));
  if (*length > static_cast<std::uint64_t>(most) || digits.size() != rest.size())
    context.warn(word.where, fmt::format("'{}' is taken as the length {}", rest, taken),
                 "a length, not a mask: 10.0.0.0/8");
  const int shift = most - address->bits();
  if (taken < shift) return false;
  entries.add(*address, taken - shift);
  return true;
}

Parsed<void> reject_factorised(const XinetdWord& word) {
  return reject_word(word, fmt::format("'{}' is not a list of addresses", word.text),
                     "10.0.{1,2}, with the braces as the last part");
}

// "a.b.{c,d}": one prefix for each number between the braces.
Parsed<void> add_factorised(Entries& entries) {
  const auto& word = entries.word;
  const auto brace = word.text.find('{');
  const auto head = word.text.substr(0, brace);
  const auto tail = word.text.substr(brace + 1);
  if (!tail.ends_with('}') || (!head.empty() && !head.ends_with('.'))) return reject_factorised(word);
  auto octets = base::split(head, '.');
  octets.pop_back();
  if (octets.size() > 3) return reject_factorised(word);
  const auto length = static_cast<int>(8 * (octets.size() + 1));
  for (const auto last : base::split(tail.substr(0, tail.size() - 1), ',')) {
    std::uint32_t number = 0;
    octets.push_back(last);
    for (const auto octet : octets) {
      const auto value = base::parse_unsigned(octet);
      if (!value || *value > 255) return reject_factorised(word);
      number = number << 8 | static_cast<std::uint32_t>(*value);
    }
    octets.pop_back();
    entries.add(address_of(number << (kBits4 - length)), length);
  }
  return {};
}

// One word of either list; false when xinetd would say "failed to parse" and leave it out.
Parsed<bool> add_entry(const XinetdWord& word, std::vector<Value>& items, const Context& context) {
  Entries entries{word, items};
  if (word.text.contains('{')) {
    if (auto added = add_factorised(entries); !added) return std::unexpected(std::move(added).error());
    return true;
  }
  if (word.text.contains(','))
    return reject_word(word, fmt::format("'{}' has a comma in it", word.text), "blanks stand between addresses");
  if (add_numeric(entries, context) || add_prefix(entries, context)) return true;
  auto name = xinetd_quoted(word, std::string(word.text));
  if (!AccessEntryCodec::parse(name, context)) return false;
  items.push_back(std::move(name));
  return true;
}

std::string hint_for(const XinetdWord& word) {
  return word.text.starts_with('.')
             ? "domains are not taken, because a client chooses the name of its own address; write prefixes"
             : "";
}

}  // namespace

Parsed<Value> read_xinetd_only_from(const XinetdAssignment& line, const Context& context) {
  std::vector<Value> items;
  for (const auto& word : line.values) {
    const auto added = add_entry(word, items, context);
    if (!added) return std::unexpected(added.error());
    if (!*added)
      context.warn(word.where,
                   fmt::format("'{}' is neither an address nor a host's name, and lets nobody in", word.text),
                   hint_for(word));
  }
  return xinetd_list(line, std::move(items));
}

Parsed<Value> read_xinetd_no_access(const XinetdAssignment& line, const Context& context) {
  std::vector<Value> items;
  for (const auto& word : line.values) {
    const auto added = add_entry(word, items, context);
    if (!added) return std::unexpected(added.error());
    if (!*added)
      return reject_word(word, fmt::format("'{}' is neither an address nor a host's name", word.text), hint_for(word));
  }
  return xinetd_list(line, std::move(items));
}

}  // namespace porterd::config
