// SPDX-License-Identifier: Apache-2.0
//
// Socket type and protocol of an entry: "stream,5:dataready", "tcp46", "rpc/udp", "tcp,rcvbuf=64k".
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/inetd_entry.h"

namespace porterd::config {
namespace {

// Cuts off what follows the first of `separators`, with it.
std::string cut(std::string& text, std::string_view separators) {
  const auto place = text.find_first_of(separators);
  if (place == std::string::npos) return {};
  auto rest = text.substr(place);
  text.resize(place);
  return rest;
}

// "46" of "tcp46", "6only" of "udp6only"; the text keeps the rest.
std::string cut_family(std::string& text) {
  constexpr std::array<std::string_view, 5> kForms{"6only", "46", "64", "4", "6"};
  for (const auto form : kForms) {
    if (!text.ends_with(form)) continue;
    text.resize(text.size() - form.size());
    return std::string(form);
  }
  return {};
}

}  // namespace

void InetdFields::take_socket_type(InetdEntry& entry, InetdWord word) {
  constexpr std::array<std::string_view, 3> kServed{"stream", "dgram", "seqpacket"};
  constexpr std::array<std::string_view, 2> kNotServed{"raw", "rdm"};
  const auto whole = word;
  auto rest = cut(word.text, ",:");
  if (const auto filter = rest.find(':'); filter != std::string::npos) {
    note(whole.where, fmt::format("the accept filter '{}' is left out: there are none here", rest.substr(filter + 1)));
    rest.resize(filter);
  }
  if (!rest.empty()) entry.instances = count_of(entry, {rest.substr(1), whole.where}, "how many servers may run");
  if (std::ranges::find(kNotServed, word.text) != kNotServed.end()) {
    error(entry, whole.where, fmt::format("sockets of type {} are not served", word.text));
  } else if (std::ranges::find(kServed, word.text) == kServed.end()) {
    error(entry, whole.where, fmt::format("'{}' is no type of socket", whole.text), "stream, dgram or seqpacket");
  }
  entry.socket_type = {std::move(word.text), whole.where};
}

void InetdFields::take_protocol(InetdEntry& entry, InetdWord word) {
  entry.protocol = word;
  auto name = word.text;
  if (auto options = cut(name, ","); !options.empty())
    note(word.where, fmt::format("{} is left out: the kernel sizes the buffers", options.substr(1)));
  if (name.starts_with("rpc/")) {
    entry.kind = InetdEntry::Kind::rpc;
    name.erase(0, 4);
  }
  if (name.starts_with("faith/") || name.ends_with("/faith"))
    return error(entry, word.where, "faith is not served: there is no faithd(8) here");
  if (name.ends_with("/ttcp")) {
    note(word.where, "T/TCP is left out: nobody speaks it any more");
    name.resize(name.size() - 5);
  }
  entry.family_digits = cut_family(name);
  if (name == "local" && entry.family_digits.empty()) name = "unix";
  const bool is_internet = name == "tcp" || name == "udp";
  if (!is_internet && (name != "unix" || !entry.family_digits.empty()))
    return error(entry, word.where, fmt::format("the protocol '{}' is not served", word.text),
                 "tcp, tcp4, tcp6, tcp46, udp, udp4, udp6, udp46 or unix");
  entry.transport = name;
  const auto& digits = entry.family_digits;
  if (digits.empty()) entry.families = rules_.is_plain_ipv4 ? kIpv4 : kBothFamilies;
  if (digits == "4") entry.families = kIpv4;
  if (digits == "6") entry.families = rules_.is_6_both ? kBothFamilies : kIpv6;
  if (digits == "6only") entry.families = kIpv6;
}

}  // namespace porterd::config
