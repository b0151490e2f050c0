// SPDX-License-Identifier: Apache-2.0
//
// An entry as settings. inetd's ways that differ from porterd's defaults are settings too: descriptor 2 is the
// connection, supplementary groups are the user's, and too many starts close the port for a while.
#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "config/codec.h"
#include "config/inetd_entry.h"

namespace porterd::config {
namespace {

Value at(Value value, const Location& where) {
  value.where = where;
  return value;
}

// Host names are looked up when the listening places are, but for the one that is the same everywhere.
std::vector<std::string> addresses_of(const std::string& host, Families families) {
  if (host != "localhost") return {host.contains(':') ? '[' + host + ']' : host};
  std::vector<std::string> addresses;
  if ((families & kIpv4) != 0) addresses.emplace_back("127.0.0.1");
  if ((families & kIpv6) != 0) addresses.emplace_back("[::1]");
  return addresses;
}

Value local_of(const InetdEntry& entry, const InetdRules& rules) {
  const auto& where = entry.service.where;
  const auto& owner = entry.local_owner;
  if (owner.empty() && rules.local_mode == "0666") return at(quotable(entry.service.text), where);
  auto map = map_of({{"path", at(quotable(entry.service.text), where)}});
  const auto add = [&](std::string_view key, Value value) {
    map.entries.emplace_back(at(quotable(std::string(key)), where), std::move(value));
  };
  if (!owner.empty()) add("owner", at(plain(owner[0].text), owner[0].where));
  if (!owner.empty()) add("group", at(plain(owner[1].text), owner[1].where));
  add("mode",
      owner.empty() ? at(plain(std::string(rules.local_mode)), where) : at(plain(owner[2].text), owner[2].where));
  return at(std::move(map), where);
}

Value listen_of(const InetdEntry& entry, const InetdRules& rules) {
  const auto& where = entry.service.where;
  if (entry.transport == "unix") return local_of(entry, rules);
  // rpcbind knows where an RPC service is: any port will do.
  const std::string port = entry.kind == InetdEntry::Kind::rpc ? "0" : entry.service.text;
  if (entry.hosts.empty()) return at(plain(port), where);
  std::vector<Value> places;
  for (const auto& host : entry.hosts)
    for (const auto& address : addresses_of(host.text, entry.families))
      places.push_back(at(quotable(fmt::format("{}:{}", address, port)), host.where));
  return at(list_of(std::move(places)), where);
}

Value rate_of(const InetdEntry& entry, const InetdRules& rules) {
  const auto& where = entry.per_minute ? entry.per_minute->where : entry.wait_word.where;
  const std::string rate = entry.per_minute ? entry.per_minute->text + "/m" : std::string(rules.cps);
  return at(map_of({{"rate", at(plain(rate), where)},
                    {"burst", at(plain(rate.substr(0, rate.find('/'))), where)},
                    {"excess", at(plain("disable"), where)},
                    {"wait", at(plain(std::string(rules.cps_wait)), where)}}),
            where);
}

// A source is an address, as inetd has it, also in IPv6.
Value per_source_of(const InetdWord& count) {
  return at(map_of({{"limit", at(plain(count.text), count.where)},
                    {"ipv4", at(plain("32"), count.where)},
                    {"ipv6", at(plain("128"), count.where)}}),
            count.where);
}

Value arguments_of(const InetdEntry& entry) {
  std::vector<Value> items;
  for (std::size_t index = 1; index < entry.argv.size(); ++index)
    items.push_back(at(quotable(entry.argv[index].text), entry.argv[index].where));
  return at(list_of(std::move(items)), entry.argv.size() > 1 ? entry.argv[1].where : entry.server.where);
}

// tcpmux/+NAME: inetd says "+Go" for the server.
bool is_plus(const InetdEntry& entry) { return entry.service.text.starts_with("tcpmux/+"); }

void add_settings(Section& section, const InetdEntry& entry, const InetdRules& rules) {
  const auto add = [&](std::string name, Value value) {
    const auto where = value.where;
    section.settings.push_back({.name = std::move(name), .value = std::move(value), .where = where});
  };
  const auto add_word = [&](std::string name, const InetdWord& word) {
    add(std::move(name), at(quotable(word.text), word.where));
  };
  add_word("socket_type", entry.socket_type);
  add("protocol", at(plain(protocol_of(entry)), entry.protocol.where));
  if (entry.kind == InetdEntry::Kind::tcpmux)
    add("tcpmux", at(plain(is_plus(entry) ? "plus" : "yes"), entry.service.where));
  else
    add("listen", listen_of(entry, rules));
  if (entry.kind == InetdEntry::Kind::rpc) add_word("rpc", entry.service);
  if (entry.kind == InetdEntry::Kind::internal) {
    add("builtin", at(plain(name_of(entry)), entry.server.where));
    if (name_of(entry) == "daytime") add("daytime_form", at(plain("inetd"), entry.server.where));
  } else {
    add("wait", at(plain(entry.wait ? "yes" : "no"), entry.wait_word.where));
    add_word("user", entry.user);
    if (entry.group) add_word("group", *entry.group);
    add("groups", at(plain("yes"), entry.user.where));
    add_word("server", entry.server);
    if (!entry.argv.empty()) add_word("argv0", entry.argv[0]);
    if (entry.argv.size() > 1) add("server_args", arguments_of(entry));
    add("stderr", at(plain("socket"), entry.server.where));
    add("environment", at(plain(std::string(rules.environment)), entry.server.where));
    add("connection_env", at(plain(std::string(rules.connection_env)), entry.server.where));
  }
  if (entry.instances && !entry.wait) add("instances", at(plain(entry.instances->text), entry.instances->where));
  if (entry.per_source_rate)
    add("cps_per_source", at(plain(entry.per_source_rate->text + "/m"), entry.per_source_rate->where));
  if (entry.per_source) add("per_source", per_source_of(*entry.per_source));
  if (entry.asks_wrappers) add("libwrap", at(plain("yes"), entry.server.where));
  if (entry.backlog) add("backlog", at(plain(entry.backlog->text), entry.backlog->where));
  if (entry.per_minute || !rules.cps.empty()) add("cps", rate_of(entry, rules));
}

}  // namespace

std::string protocol_of(const InetdEntry& entry) {
  if (entry.families == kBothFamilies || entry.transport == "unix") return entry.transport;
  return entry.transport + (entry.families == kIpv4 ? "4" : "6");
}

std::string name_of(const InetdEntry& entry) {
  const auto& text = entry.service.text;
  if (entry.kind == InetdEntry::Kind::tcpmux)
    return text.substr(std::min(text.find_first_not_of('+', text.find('/') + 1), text.size()));
  return entry.kind == InetdEntry::Kind::rpc ? text.substr(0, text.find('/')) : text.substr(text.rfind('/') + 1);
}

Section section_of(const InetdEntry& entry, const InetdRules& rules, const std::string& id) {
  Section section{.kind = Section::Kind::service, .name = name_of(entry), .where = entry.service.where};
  section.is_bad = entry.is_bad;
  if (id != section.name)
    section.settings.push_back({.name = "id", .value = at(quotable(id), section.where), .where = section.where});
  if (section.is_bad) return section;
  if (entry.is_off)
    section.settings.push_back({.name = "disable", .value = at(plain("yes"), section.where), .where = section.where});
  add_settings(section, entry, rules);
  return section;
}

}  // namespace porterd::config
