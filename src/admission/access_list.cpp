// SPDX-License-Identifier: Apache-2.0
#include "admission/access_list.h"

#include <algorithm>
#include <utility>

#include "admission/range_table.h"

namespace porterd::admission {
namespace {

using Key4 = std::uint32_t;
__extension__ using Key6 = unsigned __int128;

template <typename Key>
Key key_of(const base::IpAddress& address) {
  Key key = 0;
  for (std::size_t index = 0; index < sizeof(Key); ++index) key = static_cast<Key>(key << 8 | address.bytes[index]);
  return key;
}

// The bits that differ within a prefix. A shift by all bits would be undefined, hence the two steps.
template <typename Key>
Key host_mask(int length) {
  return length == 0 ? static_cast<Key>(~Key{0})
                     : static_cast<Key>((Key{1} << (8 * sizeof(Key) - 1) >> (length - 1)) - 1);
}

template <typename Key>
RangeRule<Key> rule_of(const base::Prefix& prefix, Verdict verdict) {
  const Key first = key_of<Key>(prefix.address);
  return {first, static_cast<Key>(first | host_mask<Key>(prefix.length)), verdict};
}

/// One of the two lists: prefixes, and host names for those that have some.
struct Entries {
  std::vector<base::Prefix> prefixes;
  std::vector<std::string> names;
};

Entries entries_of(const config::AccessList& list) {
  Entries entries;
  for (const config::AccessEntry& entry : list) {
    if (const auto* prefix = std::get_if<base::Prefix>(&entry))
      entries.prefixes.push_back(base::prefix_of(prefix->address, prefix->length));
    else
      entries.names.push_back(std::get<config::HostName>(entry).name);
  }
  return entries;
}

std::span<const base::IpAddress> addresses_of(const std::string& name, const ResolvedNames& names) {
  const auto found = names.find(name);
  return found == names.end() ? std::span<const base::IpAddress>() : found->second;
}

/// Collects the rules of both families.
struct Rules {
  std::vector<RangeRule<Key4>> ipv4;
  std::vector<RangeRule<Key6>> ipv6;

  void add(const base::Prefix& prefix, Verdict verdict) {
    if (prefix.address.family == base::Family::ipv4)
      ipv4.push_back(rule_of<Key4>(prefix, verdict));
    else
      ipv6.push_back(rule_of<Key6>(prefix, verdict));
  }

  void add_names(const Entries& entries, const ResolvedNames& names, Verdict verdict) {
    for (const std::string& name : entries.names)
      for (const base::IpAddress& address : addresses_of(name, names))
        add(base::prefix_of(address, address.bits()), verdict);
  }
};

}  // namespace

struct AccessList::Source {
  bool has_only_from = false;
  Entries only_from;
  Entries no_access;

  // What an address gets that nothing explicit allows: any address might belong to a name without one.
  [[nodiscard]] Verdict favour(const ResolvedNames& names) const {
    const auto is_unresolved = [&](const std::string& name) { return addresses_of(name, names).empty(); };
    return std::ranges::any_of(no_access.names, is_unresolved) ? Verdict::unresolved : Verdict::allowed;
  }

  [[nodiscard]] Verdict outside(const ResolvedNames& names) const {
    return has_only_from ? Verdict::refused : favour(names);
  }

  [[nodiscard]] Rules rules(const ResolvedNames& names) const {
    Rules rules;
    const Verdict in_favour = favour(names);
    for (const base::Prefix& prefix : only_from.prefixes)
      rules.add(prefix, prefix.length == prefix.address.bits() ? Verdict::allowed : in_favour);
    for (const base::Prefix& prefix : no_access.prefixes) rules.add(prefix, Verdict::refused);
    rules.add_names(only_from, names, Verdict::allowed);
    rules.add_names(no_access, names, Verdict::refused);
    return rules;
  }
};

struct AccessList::Tables {
  RangeTable<Key4> ipv4;
  RangeTable<Key6> ipv6;
  Source source;                        ///< kept only for a list with host names
  std::vector<std::string> host_names;  ///< sorted, unique
};

AccessList::AccessList(const config::AccessList* only_from, const config::AccessList& no_access) {
  if (only_from == nullptr && no_access.empty()) return;
  *this = AccessList(
      {only_from != nullptr, only_from == nullptr ? Entries{} : entries_of(*only_from), entries_of(no_access)}, {});
}

AccessList::AccessList(Source source, const ResolvedNames& names) {
  Rules rules = source.rules(names);
  const Verdict outside = source.outside(names);
  std::vector<std::string> hosts = source.only_from.names;
  hosts.insert(hosts.end(), source.no_access.names.begin(), source.no_access.names.end());
  std::ranges::sort(hosts);
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  if (hosts.empty()) source = {};
  tables_ = std::make_shared<const Tables>(RangeTable<Key4>(std::move(rules.ipv4), outside),
                                           RangeTable<Key6>(std::move(rules.ipv6), outside), std::move(source),
                                           std::move(hosts));
}

Verdict AccessList::verdict(const base::IpAddress& address) const {
  if (!tables_) return Verdict::allowed;
  return address.family == base::Family::ipv4 ? tables_->ipv4.at(key_of<Key4>(address))
                                              : tables_->ipv6.at(key_of<Key6>(address));
}

AccessList AccessList::with_resolved(const ResolvedNames& names) const {
  return host_names().empty() ? *this : AccessList(tables_->source, names);
}

std::span<const std::string> AccessList::host_names() const {
  return tables_ ? std::span<const std::string>(tables_->host_names) : std::span<const std::string>();
}

}  // namespace porterd::admission
