// SPDX-License-Identifier: Apache-2.0
//
// What the keys of NetBSD's entries mean.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/address.h"
#include "config/codec.h"
#include "config/codecs_access.h"
#include "config/inetd_block.h"

namespace porterd::config {
namespace {

// What is done with a key, in the order in which it has to be done.
struct KeyRow {
  std::string_view name;
  std::size_t least = 1;
  std::size_t most = 1;
  void (*take)(InetdFields& fields, InetdEntry& entry, InetdKey& key) = nullptr;
};

void take_bind(InetdFields&, InetdEntry& entry, InetdKey& key) {
  entry.hosts = InetdFields::hosts_of(key.values[0]);
  // tcp and udp are of the family that the address is of.
  if (entry.hosts.size() != 1 || !entry.family_digits.empty() || is_host_name(entry.hosts[0].text)) return;
  if (entry.transport == "tcp" || entry.transport == "udp")
    entry.families = entry.hosts[0].text.contains(':') ? kIpv6 : kIpv4;
}

void take_yes_no(InetdFields& fields, InetdEntry& entry, InetdKey& key) {
  auto& value = key.values[0];
  if (value.text != "yes" && value.text != "no")
    return fields.error(entry, value.where, fmt::format("wait: '{}' is neither yes nor no", value.text));
  entry.wait = value.text == "yes";
  entry.wait_word = std::move(value);
}

void leave_out(InetdFields& fields, InetdEntry&, InetdKey& key) {
  fields.note(key.name.where, fmt::format("{} is left out: the kernel decides", key.name.text));
}

constexpr KeyRow kKeys[] = {
    {.name = "protocol",
     .take = [](auto& fields, auto& entry, InetdKey& key) { fields.take_protocol(entry, key.values[0]); }},
    {.name = "bind", .take = &take_bind},
    {.name = "socktype",
     .take = [](auto& fields, auto& entry, InetdKey& key) { fields.take_socket_type(entry, key.values[0]); }},
    {.name = "acceptfilter", .most = 2, .take = &leave_out},
    {.name = "accept_max",
     .take =
         [](auto& fields, auto& entry, InetdKey& key) {
           entry.instances = fields.count_of(entry, key.values[0], "how many servers may run");
         }},
    {.name = "sndbuf", .take = &leave_out},
    {.name = "recvbuf", .take = &leave_out},
    {.name = "wait", .take = &take_yes_no},
    {.name = "service_max",
     .take =
         [](auto& fields, auto& entry, InetdKey& key) {
           entry.per_minute = fields.count_of(entry, key.values[0], "how many servers may be started in a minute");
         }},
    {.name = "ip_max",
     .take =
         [](auto& fields, auto& entry, InetdKey& key) {
           auto count = fields.count_of(entry, key.values[0], "how often an address may connect in a minute");
           if (!entry.wait) entry.per_source_rate = std::move(count);
         }},
    {.name = "user", .take = [](auto& fields, auto& entry, InetdKey& key) { fields.take_user(entry, key.values[0]); }},
    {.name = "group", .take = [](auto&, auto& entry, InetdKey& key) { entry.group = key.values[0]; }},
    {.name = "exec",
     .take = [](auto& fields, auto& entry, InetdKey& key) { fields.take_server(entry, key.values[0]); }},
    {.name = "args",
     .least = 0,
     .most = 1000,
     .take = [](auto&, auto& entry, InetdKey& key) { entry.argv = std::move(key.values); }},
    {.name = "ipsec",
     .least = 0,
     .take =
         [](auto& fields, auto&, InetdKey& key) {
           if (!key.values.empty()) fields.warn(key.name.where, "the IPsec policy is not applied");
         }},
};

void check_keys(const std::vector<InetdKey>& keys, InetdFields& fields, InetdEntry& entry) {
  for (const auto& key : keys) {
    const auto* row = std::ranges::find(kKeys, key.name.text, &KeyRow::name);
    if (row == std::end(kKeys)) {
      std::vector<std::string_view> names;
      for (const auto& one : kKeys) names.push_back(one.name);
      fields.error(entry, key.name.where, fmt::format("unknown key '{}'", key.name.text),
                   did_you_mean(key.name.text, names));
    } else if (key.values.size() < row->least || key.values.size() > row->most) {
      fields.error(entry, key.name.where,
                   fmt::format("{} {}", key.name.text, key.values.empty() ? "needs a value" : "takes one value"));
    }
  }
}

// What NetBSD works out by itself, and what it insists on.
void complete(InetdFields& fields, InetdEntry& entry) {
  if (entry.server.text.empty() && entry.kind == InetdEntry::Kind::server) entry.kind = InetdEntry::Kind::internal;
  if (entry.socket_type.text.empty() && !entry.transport.empty() && entry.transport != "unix")
    entry.socket_type = {entry.transport == "tcp" ? "stream" : "dgram", entry.protocol.where};
  const auto need = [&](std::string_view key, const InetdWord& word) {
    if (word.where.line == 0 && !entry.is_bad)
      fields.error(entry, entry.service.where, fmt::format("'{}' is missing", key));
  };
  need("protocol", entry.protocol);
  need("socktype", entry.socket_type);
  if (entry.kind != InetdEntry::Kind::server) return;
  need("wait", entry.wait_word);
  need("user", entry.user);
}

}  // namespace

std::size_t read_block(const InetdText& text, std::size_t offset, const InetdWord& service,
                       const std::vector<InetdWord>& default_hosts, InetdFields& fields, InetdEntry& entry) {
  entry.service = service;
  auto block = split_block(text, offset, fields, entry);
  auto& keys = block.keys;
  if (!block.is_closed) {
    // Quotes that are not closed may have hidden it, which is said by now.
    if (!entry.is_bad)
      fields.error(entry, service.where, fmt::format("the entry '{}' has no ';' at its end", service.text));
    return block.end;
  }
  check_keys(keys, fields, entry);
  if (entry.is_bad) return block.end + 1;
  const auto take = [&](const KeyRow& row) {
    const auto key =
        std::ranges::find(keys, row.name, [](const InetdKey& one) -> std::string_view { return one.name.text; });
    if (key != keys.end()) row.take(fields, entry, *key);
  };
  // The protocol says how the service is to be read, and an address at the service is older than bind.
  take(kKeys[0]);
  fields.take_service(entry, service, default_hosts);
  for (const auto& row : std::span(kKeys).subspan(1)) take(row);
  complete(fields, entry);
  return block.end + 1;
}

}  // namespace porterd::config
