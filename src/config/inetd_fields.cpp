// SPDX-License-Identifier: Apache-2.0
//
// The fields of an entry but for the transport, which is in inetd_transport.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/address.h"
#include "base/text.h"
#include "config/codecs_access.h"
#include "config/inetd_entry.h"

namespace porterd::config {
namespace {

constexpr std::size_t kColumns = 6;

// A part of a word, at its own place.
InetdWord part_of(const InetdWord& word, std::size_t begin, std::size_t length = std::string::npos) {
  InetdWord part{.text = word.text.substr(begin, length), .where = word.where, .was_quoted = word.was_quoted};
  part.where.column += static_cast<std::uint32_t>(begin + (word.was_quoted ? 1 : 0));
  part.where.length = static_cast<std::uint32_t>(std::max<std::size_t>(part.text.size(), 1));
  return part;
}

}  // namespace

void InetdFields::error(InetdEntry& entry, const Location& where, std::string message, std::string hint) {
  entry.is_bad = true;
  diagnostics_.add(Severity::error, where, std::move(message), std::move(hint));
}

void InetdFields::warn(const Location& where, std::string message, std::string hint) {
  diagnostics_.add(Severity::warning, where, std::move(message), std::move(hint));
}

void InetdFields::note(const Location& where, std::string message, std::string hint) {
  diagnostics_.add(Severity::note, where, std::move(message), std::move(hint));
}

InetdEntry InetdFields::entry_of(std::vector<InetdWord> words, const std::vector<InetdWord>& default_hosts) {
  // "127.0.0.1: finger stream …": the address is a word of its own.
  if (words.size() > kColumns && words[0].text.ends_with(':') && !is_entry(words)) {
    words[1].text.insert(0, words[0].text);
    words[1].where = words[0].where;
    words.erase(words.begin());
  }
  InetdEntry entry;
  if (words.size() < kColumns) {
    entry.service = words[0];
    error(entry, words[0].where, fmt::format("an entry has at least six columns, not {}", words.size()),
          "SERVICE TYPE PROTOCOL WAIT USER SERVER [ARGV…]");
    return entry;
  }
  take_protocol(entry, std::move(words[2]));
  take_service(entry, std::move(words[0]), default_hosts);
  take_socket_type(entry, std::move(words[1]));
  take_wait(entry, std::move(words[3]));
  take_user(entry, std::move(words[4]));
  take_server(entry, std::move(words[5]));
  words.erase(words.begin(), words.begin() + kColumns);
  take_arguments(entry, std::move(words));
  return entry;
}

std::vector<InetdWord> InetdFields::hosts_of(const InetdWord& word) {
  std::vector<InetdWord> hosts;
  for (std::size_t begin = 0; begin <= word.text.size();) {
    const auto end = std::min(word.text.find(',', begin), word.text.size());
    auto host = part_of(word, begin, end - begin);
    begin = end + 1;
    if (host.text == "*") return {};
    if (host.text.starts_with('[') && host.text.ends_with(']')) host.text = host.text.substr(1, host.text.size() - 2);
    if (!host.text.empty()) hosts.push_back(std::move(host));
  }
  return hosts;
}

void InetdFields::take_local_owner(InetdEntry& entry) {
  const auto word = entry.service;
  std::size_t begin = 1;
  for (int field = 0; field < 3; ++field) {
    const auto end = word.text.find(':', begin);
    if (end == std::string::npos)
      return error(entry, word.where, fmt::format("'{}' is not :USER:GROUP:MODE:PATH", word.text));
    entry.local_owner.push_back(part_of(word, begin, end - begin));
    begin = end + 1;
  }
  entry.service = part_of(word, begin);
}

void InetdFields::take_service(InetdEntry& entry, InetdWord word, const std::vector<InetdWord>& default_hosts) {
  entry.service = std::move(word);
  const auto& text = entry.service.text;
  if (entry.transport == "unix") {
    if (text.starts_with(':')) take_local_owner(entry);
    if (!entry.is_bad && !text.starts_with('/'))
      error(entry, entry.service.where, fmt::format("'{}' is not the absolute path of a UNIX socket", text));
    return;
  }
  if (text.starts_with("tcpmux/")) {
    entry.kind = InetdEntry::Kind::tcpmux;
    return;
  }
  entry.hosts = default_hosts;
  if (const auto colon = text.rfind(':'); colon != std::string::npos) {
    entry.hosts = hosts_of(part_of(entry.service, 0, colon));
    entry.service = part_of(entry.service, colon + 1);
  }
  if (text.empty()) error(entry, entry.service.where, "no service after the address");
  drop_bad_hosts(entry);
}

// Of several addresses a bad one does not cost the others.
void InetdFields::drop_bad_hosts(InetdEntry& entry) {
  const auto is_bad = [](const InetdWord& host) { return !base::parse_address(host.text) && !is_host_name(host.text); };
  if (std::ranges::all_of(entry.hosts, is_bad)) return;
  for (const auto& host : entry.hosts)
    if (is_bad(host))
      warn(host.where, fmt::format("'{}' is neither an address nor a host's name, and left out", host.text));
  std::erase_if(entry.hosts, is_bad);
}

void InetdFields::take_wait(InetdEntry& entry, InetdWord word) {
  entry.wait = word.text.starts_with("wait");
  const std::size_t length = entry.wait ? 4 : 6;
  entry.wait_word = word;
  if (!entry.wait && !word.text.starts_with("nowait"))
    return error(entry, word.where, fmt::format("'{}' is neither wait nor nowait", word.text));
  if (word.text.size() > length) take_wait_suffix(entry, word, length);
}

void InetdFields::take_wait_suffix(InetdEntry& entry, const InetdWord& word, std::size_t length) {
  const char separator = word.text[length];
  if (!rules_.wait_separators.contains(separator)) {
    const auto suffix = part_of(word, length);
    if (!rules_.ignores_wait_suffix)
      return error(entry, suffix.where, fmt::format("'{}' is neither wait nor nowait", word.text));
    return warn(suffix.where, fmt::format("'{}' has no meaning in this dialect and is left out", suffix.text));
  }
  if (separator == '/') return take_slashes(entry, word, length + 1);
  entry.per_minute = count_of(entry, part_of(word, length + 1), "how many servers may be started in a minute");
}

// FreeBSD: /max-child[/max-connections-per-ip-per-minute[/max-child-per-ip]], where 0 is no limit.
void InetdFields::take_slashes(InetdEntry& entry, const InetdWord& word, std::size_t begin) {
  constexpr std::array<std::string_view, 3> kWhat{"how many servers may run", "how often an address may connect",
                                                  "how many servers may run for an address"};
  for (std::size_t field = 0; begin <= word.text.size(); ++field) {
    const auto end = std::min(word.text.find('/', begin), word.text.size());
    auto number = part_of(word, begin, end - begin);
    begin = end + 1;
    if (field == kWhat.size()) return error(entry, number.where, "more than three limits after wait or nowait");
    if (number.text == "0") continue;
    auto count = count_of(entry, std::move(number), kWhat[field]);
    if (!count) return;
    if (!entry.wait)
      (field == 0 ? entry.instances : field == 1 ? entry.per_source_rate : entry.per_source) = std::move(count);
  }
}

std::optional<InetdWord> InetdFields::count_of(InetdEntry& entry, InetdWord word, std::string_view what) {
  const auto number = base::parse_unsigned(word.text);
  if (number && *number > 0 && *number <= std::numeric_limits<std::uint32_t>::max()) return word;
  error(entry, word.where, fmt::format("'{}' is not a number above 0: {}", word.text, what));
  return std::nullopt;
}

void InetdFields::take_user(InetdEntry& entry, InetdWord word) {
  if (rules_.has_login_class) {
    if (const auto slash = word.text.find('/'); slash != std::string::npos) {
      const auto login_class = part_of(word, slash + 1);
      // FreeBSD's default.
      if (login_class.text != "daemon")
        warn(login_class.where,
             fmt::format("the login class '{}' is not applied: there are none here", login_class.text),
             "rlimit_* and umask in a drop-in do the same");
      word = part_of(word, 0, slash);
    }
  }
  for (const char separator : rules_.group_separators) {
    const auto place = word.text.find(separator);
    if (place == std::string::npos || place == 0) continue;
    entry.group = part_of(word, place + 1);
    if (entry.group->text.empty()) error(entry, word.where, fmt::format("'{}' names no group", word.text));
    word = part_of(word, 0, place);
    break;
  }
  entry.user = std::move(word);
}

void InetdFields::take_server(InetdEntry& entry, InetdWord word) {
  entry.server = std::move(word);
  if (entry.kind == InetdEntry::Kind::tcpmux) return;
  if (entry.server.text == "internal") {
    entry.kind = InetdEntry::Kind::internal;
  } else if (!entry.server.text.starts_with('/')) {
    error(entry, entry.server.where,
          fmt::format("server: '{}' is neither an absolute path nor internal", entry.server.text));
  }
}

void InetdFields::take_arguments(InetdEntry& entry, std::vector<InetdWord> words) {
  for (const auto& word : words)
    if (word.was_quoted && rules_.quotes == InetdRules::Quotes::doubtful)
      warn(word.where, fmt::format("the quotes are removed, so that this is one argument: {}", word.text),
           "OpenBSD's and Debian's inetd would pass them on; --dialect decides");
  const auto comment = std::ranges::find_if(words, [](const auto& word) { return word.text == "#"; });
  if (comment != words.end())
    warn(comment->where, "'#' and what follows are arguments, not a comment", "put the comment into a line of its own");
  if (rules_.most_arguments > 0 && words.size() > rules_.most_arguments)
    warn(words[rules_.most_arguments].where,
         fmt::format("all {} arguments are passed; inetd would stop after {}", words.size(), rules_.most_arguments));
  entry.argv = std::move(words);
}

}  // namespace porterd::config
