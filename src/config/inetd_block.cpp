// SPDX-License-Identifier: Apache-2.0
#include "config/inetd_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "config/codec.h"

namespace porterd::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_quote(char letter) { return letter == '"' || letter == '\''; }

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

// After the quote that closes the one at `offset`, or the end of the line when none does.
std::size_t after_quotes(std::string_view text, std::size_t offset) {
  const char quote = text[offset++];
  for (; offset < text.size() && text[offset] != '\n'; ++offset) {
    if (text[offset] == quote) return offset + 1;
    if (text[offset] == '\\' && offset + 1 < text.size() && text[offset + 1] != '\n') ++offset;
  }
  return offset;
}

// A block without its ';' must not swallow the entries that follow.
bool is_entry_at(const InetdText& text, std::size_t offset) {
  if (offset >= text.text().size() || kBlanks.contains(text.text()[offset])) return false;
  const auto words = words_of(text, offset, text.words_end(offset), InetdRules::Quotes::literal);
  return is_entry(words) || begins_block(words);
}

struct Extent {
  std::size_t end;
  bool is_closed;
};

Extent extent_of(const InetdText& whole, std::size_t offset) {
  const auto text = whole.text();
  while (offset < text.size()) {
    const char letter = text[offset];
    if (letter == ';') return {offset, true};
    if (letter == '#') {
      offset = whole.line_end(offset);
    } else if (is_quote(letter)) {
      offset = after_quotes(text, offset);
    } else if (letter == '\n' && is_entry_at(whole, offset + 1)) {
      return {offset, false};
    } else {
      ++offset;
    }
  }
  return {text.size(), false};
}

int hexadecimal(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

constexpr std::pair<char, char> kEscapes[] = {{'\\', '\\'}, {'n', '\n'},  {'t', '\t'},
                                              {'r', '\r'},  {'\'', '\''}, {'"', '"'}};

class BlockReader {
 public:
  BlockReader(const InetdText& text, std::size_t begin, std::size_t end, InetdFields& fields, InetdEntry& entry)
      : whole_(text), text_(text.text().substr(0, end)), place_(begin), fields_(fields), entry_(entry) {}

  struct Key {
    InetdWord name;
    std::vector<InetdWord> values{};
  };

  std::vector<Key> keys() {
    std::vector<Key> keys;
    for (skip_blanks(); place_ < text_.size(); skip_blanks()) {
      auto key = one_key();
      if (!key) break;
      const auto same = [&](const Key& other) { return other.name.text == key->name.text; };
      if (std::ranges::any_of(keys, same))
        fields_.error(entry_, key->name.where, fmt::format("'{}' is set twice", key->name.text));
      keys.push_back(std::move(*key));
    }
    return keys;
  }

 private:
  void skip_blanks() {
    while (place_ < text_.size() && (kBlanks.contains(text_[place_]) || text_[place_] == '#'))
      place_ = text_[place_] == '#' ? std::min(whole_.line_end(place_), text_.size()) : place_ + 1;
  }

  // What stands between two of them is an empty one, which NetBSD takes after the last ','.
  std::optional<Key> one_key() {
    const auto begin = place_;
    while (place_ < text_.size() && is_name_letter(text_[place_])) ++place_;
    Key key{.name = {std::string(text_.substr(begin, place_ - begin)), whole_.at(begin, place_ - begin)}};
    skip_blanks();
    if (key.name.text.empty() || place_ >= text_.size() || text_[place_] != '=') {
      fields_.error(entry_, whole_.at(place_ < text_.size() ? place_ : begin, 1), "KEY = VALUE is wanted here");
      return std::nullopt;
    }
    ++place_;
    for (skip_blanks(); place_ < text_.size() && text_[place_] != ','; skip_blanks()) key.values.push_back(value());
    if (place_ < text_.size()) ++place_;
    return key;
  }

  InetdWord value() {
    const auto begin = place_;
    InetdWord word;
    while (place_ < text_.size() && !kBlanks.contains(text_[place_]) && text_[place_] != ',' && text_[place_] != '#') {
      if (is_quote(text_[place_])) {
        word.was_quoted = true;
        add_quoted(word.text);
      } else {
        word.text += text_[place_++];
      }
    }
    word.where = whole_.at(begin, place_ - begin);
    return word;
  }

  void add_quoted(std::string& result) {
    const auto begin = place_;
    const auto end = std::min(after_quotes(text_, begin), text_.size());
    place_ = end;
    if (end - begin < 2 || text_[end - 1] != text_[begin])
      return fields_.error(entry_, whole_.at(begin, 1), "these quotes are not closed in this line");
    for (auto offset = begin + 1; offset + 1 < end;) {
      if (text_[offset] == '\\') {
        offset = add_escape(result, offset);
      } else {
        result += text_[offset++];
      }
    }
  }

  // Returns where the escape ends.
  std::size_t add_escape(std::string& result, std::size_t offset) {
    const char letter = text_[offset + 1];
    if (letter == 'x' && offset + 3 < text_.size()) {
      const int high = hexadecimal(text_[offset + 2]);
      const int low = hexadecimal(text_[offset + 3]);
      if (high >= 0 && low >= 0) {
        result += static_cast<char>(high * 16 + low);
        return offset + 4;
      }
    }
    const auto known = std::ranges::find(kEscapes, letter, &std::pair<char, char>::first);
    if (known == std::end(kEscapes)) {
      fields_.error(entry_, whole_.at(offset, 2), "unknown escape", R"(\\ \n \t \r \' \" or \xXX)");
    } else {
      result += known->second;
    }
    return offset + 2;
  }

  const InetdText& whole_;
  std::string_view text_;
  std::size_t place_;
  InetdFields& fields_;
  InetdEntry& entry_;
};

using Key = BlockReader::Key;

// What is done with a key, in the order in which it has to be done.
struct KeyRow {
  std::string_view name;
  std::size_t least = 1;
  std::size_t most = 1;
  void (*take)(InetdFields& fields, InetdEntry& entry, Key& key) = nullptr;
};

void take_bind(InetdFields&, InetdEntry& entry, Key& key) {
  entry.hosts = InetdFields::hosts_of(key.values[0]);
  // tcp and udp are of the family that the address is of.
  if (entry.hosts.size() != 1 || !entry.family_digits.empty()) return;
  if (entry.transport == "tcp" || entry.transport == "udp")
    entry.families = entry.hosts[0].text.contains(':') ? kIpv6 : kIpv4;
}

void take_yes_no(InetdFields& fields, InetdEntry& entry, Key& key) {
  auto& value = key.values[0];
  if (value.text != "yes" && value.text != "no")
    return fields.error(entry, value.where, fmt::format("wait: '{}' is neither yes nor no", value.text));
  entry.wait = value.text == "yes";
  entry.wait_word = std::move(value);
}

void leave_out(InetdFields& fields, InetdEntry&, Key& key) {
  fields.note(key.name.where, fmt::format("{} is left out: the kernel decides", key.name.text));
}

constexpr KeyRow kKeys[] = {
    {.name = "protocol",
     .take = [](auto& fields, auto& entry, Key& key) { fields.take_protocol(entry, key.values[0]); }},
    {.name = "bind", .take = &take_bind},
    {.name = "socktype",
     .take = [](auto& fields, auto& entry, Key& key) { fields.take_socket_type(entry, key.values[0]); }},
    {.name = "acceptfilter", .most = 2, .take = &leave_out},
    {.name = "accept_max",
     .take = [](auto& fields, auto& entry,
                Key& key) { entry.instances = fields.count_of(entry, key.values[0], "how many servers may run"); }},
    {.name = "sndbuf", .take = &leave_out},
    {.name = "recvbuf", .take = &leave_out},
    {.name = "wait", .take = &take_yes_no},
    {.name = "service_max",
     .take =
         [](auto& fields, auto& entry, Key& key) {
           entry.per_minute = fields.count_of(entry, key.values[0], "how many servers may be started in a minute");
         }},
    {.name = "ip_max",
     .take =
         [](auto& fields, auto&, Key& key) {
           fields.warn(key.name.where, "ip_max is not kept: it limits connections a minute from an address",
                       "porterd limits sessions of an address, per_source");
         }},
    {.name = "user", .take = [](auto& fields, auto& entry, Key& key) { fields.take_user(entry, key.values[0]); }},
    {.name = "group", .take = [](auto&, auto& entry, Key& key) { entry.group = key.values[0]; }},
    {.name = "exec", .take = [](auto& fields, auto& entry, Key& key) { fields.take_server(entry, key.values[0]); }},
    {.name = "args",
     .least = 0,
     .most = 1000,
     .take = [](auto&, auto& entry, Key& key) { entry.argv = std::move(key.values); }},
    {.name = "ipsec",
     .least = 0,
     .take =
         [](auto& fields, auto&, Key& key) {
           if (!key.values.empty()) fields.warn(key.name.where, "the IPsec policy is not applied");
         }},
};

void check_keys(const std::vector<Key>& keys, InetdFields& fields, InetdEntry& entry) {
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

bool begins_block(const std::vector<InetdWord>& words) {
  return words.size() >= 2 && (words[1].text == "on" || words[1].text == "off");
}

std::size_t read_block(const InetdText& text, std::size_t offset, const InetdWord& service,
                       const std::vector<InetdWord>& default_hosts, InetdFields& fields, InetdEntry& entry) {
  entry.service = service;
  const auto extent = extent_of(text, offset);
  auto keys = BlockReader(text, offset, extent.end, fields, entry).keys();
  if (!extent.is_closed) {
    // Quotes that are not closed may have hidden it, which is said by now.
    if (!entry.is_bad)
      fields.error(entry, service.where, fmt::format("the entry '{}' has no ';' at its end", service.text));
    return extent.end;
  }
  check_keys(keys, fields, entry);
  if (entry.is_bad) return extent.end + 1;
  const auto take = [&](const KeyRow& row) {
    const auto key =
        std::ranges::find(keys, row.name, [](const Key& one) -> std::string_view { return one.name.text; });
    if (key != keys.end()) row.take(fields, entry, *key);
  };
  // The protocol says how the service is to be read, and an address at the service is older than bind.
  take(kKeys[0]);
  fields.take_service(entry, service, default_hosts);
  for (const auto& row : std::span(kKeys).subspan(1)) take(row);
  complete(fields, entry);
  return extent.end + 1;
}

}  // namespace porterd::config
