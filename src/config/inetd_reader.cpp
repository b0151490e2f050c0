// SPDX-License-Identifier: Apache-2.0
#include "config/inetd_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_names.h"
#include "config/config.h"
#include "config/inetd_block.h"

namespace porterd::config {
namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

std::vector<std::string> texts_of(const std::vector<InetdWord>& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  std::ranges::sort(texts);
  return texts;
}

bool is_same_place(const InetdEntry& one, const InetdEntry& other) {
  return one.service.text == other.service.text && one.transport == other.transport &&
         (one.families & other.families) != 0 && texts_of(one.hosts) == texts_of(other.hosts);
}

}  // namespace

InetdReader::InetdReader(InetdDialect dialect, InetdDefaults defaults, InetdInclude include, Diagnostics& diagnostics)
    : dialect_(dialect),
      rules_(rules_of(dialect)),
      defaults_(std::move(defaults)),
      include_(std::move(include)),
      diagnostics_(diagnostics),
      fields_(dialect, diagnostics) {
  if (defaults_.per_minute) {
    if (*defaults_.per_minute > 0) cps_ = fmt::format("{}/m", *defaults_.per_minute);
    rules_.cps = cps_;
  }
  if (defaults_.keeps_environment) rules_.environment = "inherit";
  if (defaults_.tells_connection) rules_.connection_env = "ucspi";
}

void InetdReader::read(const std::shared_ptr<const SourceFile>& file) {
  if (defaults_.host.empty()) return read_file(file, {});
  read_file(file, InetdFields::hosts_of({.text = defaults_.host, .where = {.file = file}}));
}

void InetdReader::read_file(const std::shared_ptr<const SourceFile>& file, Hosts hosts) {
  const InetdText text(file);
  if (text.has_carriage_return())
    fields_.note({.file = file}, "its lines end with CR and LF: the CR is not taken as a part of the last word");
  for (std::size_t offset = 0; offset < text.text().size();) offset = read_line(text, offset, hosts);
}

// Reads what begins at `offset` and returns where to go on.
std::size_t InetdReader::read_line(const InetdText& text, std::size_t offset, Hosts& hosts) {
  const auto next = std::min(text.line_end(offset) + 1, text.text().size());
  auto words = words_of(text, offset, text.words_end(offset), rules_.quotes);
  if (words.empty()) return next;
  if (words[0].text.starts_with('#') && !words[0].was_quoted) {
    note_comment(text, offset);
    return next;
  }
  if (rules_.has_blocks && words[0].text == ".include") {
    include(words, hosts);
    return next;
  }
  if (rules_.has_blocks && begins_block(words)) {
    InetdEntry entry;
    entry.is_off = words[1].text == "off";
    const auto line = text.text().rfind('\n', offset) + 1;
    const auto keys = line + words[1].where.column - 1 + words[1].where.length;
    const auto end = read_block(text, keys, words[0], hosts, fields_, entry);
    add(std::move(entry));
    return end;
  }
  if (words.size() == 1 && words[0].text.ends_with(':')) {
    words[0].text.pop_back();
    hosts = InetdFields::hosts_of(words[0]);
    return next;
  }
  const auto end = rules_.joins_lines ? join_lines(text, next, words) : next;
  note_dialect(words[0].where);
  add(fields_.entry_of(std::move(words), hosts));
  return end;
}

// Adds the words of the lines that go on the entry before `offset`.
std::size_t InetdReader::join_lines(const InetdText& text, std::size_t offset, std::vector<InetdWord>& words) {
  while (offset < text.text().size() && is_blank(text.text()[offset])) {
    auto more = words_of(text, offset, text.words_end(offset), rules_.quotes);
    if (dialect_ == InetdDialect::any && !more.empty()) {
      // GNU's reading, which does no harm where the other would be a surprise.
      if (is_entry(more)) {
        fields_.warn(more[0].where, "taken as an entry of its own: for the BSDs it goes on the line before",
                     "take the blanks before it away, or say --dialect");
        break;
      }
      if (more[0].text.starts_with('#')) {
        fields_.warn(more[0].where, "taken as a comment: for the BSDs it goes on the line before",
                     "take the blanks before it away, or say --dialect");
        break;
      }
    }
    std::ranges::move(more, std::back_inserter(words));
    offset = std::min(text.line_end(offset) + 1, text.text().size());
  }
  return offset;
}

void InetdReader::include(const std::vector<InetdWord>& words, const Hosts& hosts) {
  if (words.size() < 2) {
    diagnostics_.add(Severity::error, words[0].where, ".include needs the name of a file, or a pattern");
    return;
  }
  constexpr int kDeepest = 16;
  constexpr int kMost = 1000;
  if (depth_ == kDeepest || included_ >= kMost) {
    diagnostics_.add(Severity::error, words[1].where,
                     depth_ == kDeepest ? "files that include files that include …: too deep" : "too many files");
    return;
  }
  ++depth_;
  for (const auto& file : include_(words[1].text, words[1].where)) {
    ++included_;
    read_file(file, hosts);
  }
  --depth_;
}

// "#@ in ipsec esp/transport//require" is no comment to FreeBSD and NetBSD.
void InetdReader::note_comment(const InetdText& text, std::size_t offset) {
  const auto line = text.text().substr(offset, text.words_end(offset) - offset);
  if (line.starts_with("#@") && line.contains("ipsec"))
    fields_.warn(text.at(offset, line.size()), "the IPsec policy is not applied", "ip-xfrm(8) sets policies");
}

void InetdReader::note_dialect(const Location& where) {
  if (dialect_ != InetdDialect::any || has_noted_dialect_) return;
  has_noted_dialect_ = true;
  fields_.note(where,
               "where inetds differ it is read as Debian's: tcp and udp are IPv4 and IPv6, and a service that starts "
               "256 servers in a minute is closed for ten minutes",
               "--dialect=bsd, freebsd, netbsd, openbsd or gnu; see porterd(8)");
}

// What the entry leaves open and the command line does not.
void InetdReader::add_limits(InetdEntry& entry) const {
  const auto fill = [&](std::optional<InetdWord>& word, const std::optional<std::uint32_t>& value) {
    if (!word && value.value_or(0) > 0) word = {.text = std::to_string(*value), .where = entry.wait_word.where};
  };
  if (!entry.wait) fill(entry.instances, defaults_.instances);
  if (!entry.wait) fill(entry.per_source, defaults_.per_source);
  if (!entry.wait) fill(entry.per_source_rate, defaults_.per_source_rate);
  fill(entry.backlog, defaults_.backlog);
  // Who connects is not known otherwise, and local clients have no address.
  const bool is_checked = !entry.wait || (dialect_ == InetdDialect::bsd && entry.socket_type.text == "dgram");
  entry.asks_wrappers = defaults_.asks_wrappers && is_checked && entry.transport != "unix";
}

void InetdReader::add(InetdEntry entry) {
  add_limits(entry);
  if (entry.asks_wrappers && entry.kind == InetdEntry::Kind::internal) {
    entry.asks_wrappers = false;
    fields_.warn(entry.service.where,
                 fmt::format("hosts.allow and hosts.deny are not asked about '{}': no program is started for it",
                             entry.service.text));
  }
  const auto leave_out = [&](std::string_view why, std::string hint) {
    fields_.error(entry, entry.service.where, fmt::format("'{}' is left out: {}", entry.service.text, why),
                  std::move(hint));
  };
  const bool is_served = !entry.is_bad && !entry.is_off;
  if (is_served && entry.kind == InetdEntry::Kind::internal && !base::value_named<Builtin>(name_of(entry)))
    leave_out("there is no such service inside porterd", "echo, discard, chargen, daytime, time or tcpmux");
  if (is_served && entry.kind == InetdEntry::Kind::tcpmux && !entry.server.text.starts_with('/'))
    leave_out("a service of tcpmux needs a program", "the absolute path of one");
  entries_.push_back(std::move(entry));
}

void InetdReader::replace(InetdEntry& earlier, InetdEntry& later) {
  const auto is_plain = [](const InetdEntry& entry) {
    return entry.family_digits.empty() && entry.transport != "unix";
  };
  // tcp6, then tcp: where tcp may mean either, it means what is left.
  if (dialect_ == InetdDialect::any && is_plain(later) && !is_plain(earlier) &&
      (later.families & ~earlier.families) != 0) {
    later.families = static_cast<Families>(later.families & ~earlier.families);
    return;
  }
  const auto left = static_cast<Families>(earlier.families & ~later.families);
  if (left != 0) {
    earlier.families = left;
    return;
  }
  earlier.is_bad = true;
  fields_.warn(earlier.service.where, fmt::format("'{}' is replaced by a later entry", earlier.service.text),
               fmt::format("at {}", later.service.where.text()));
}

void InetdReader::replace_earlier() {
  const auto counts = [](const InetdEntry& entry) { return !entry.is_bad && !entry.is_off; };
  for (std::size_t later = 1; later < entries_.size(); ++later)
    for (std::size_t earlier = 0; earlier < later; ++earlier)
      if (counts(entries_[later]) && counts(entries_[earlier]) && is_same_place(entries_[earlier], entries_[later]))
        replace(entries_[earlier], entries_[later]);
}

// "time" for the first of that name, then "time-udp6", then "time-udp6-2".
std::string InetdReader::unused_id(const InetdEntry& entry) {
  auto name = name_of(entry);
  if (ids_.insert(name).second) return name;
  const auto other = fmt::format("{}-{}", name, entry.transport.empty() ? "other" : protocol_of(entry));
  auto id = other;
  for (int number = 2; !ids_.insert(id).second; ++number) id = fmt::format("{}-{}", other, number);
  return id;
}

void InetdReader::finish(Document& document) {
  replace_earlier();
  // Good ones first, so that what is left out takes no name from what is served.
  std::vector<std::string> ids(entries_.size());
  for (const bool is_good : {true, false})
    for (std::size_t index = 0; index < entries_.size(); ++index) {
      const auto& entry = entries_[index];
      if ((!entry.is_bad && !entry.is_off) == is_good) ids[index] = unused_id(entry);
    }
  for (std::size_t index = 0; index < entries_.size(); ++index)
    document.sections.push_back(section_of(entries_[index], rules_, ids[index]));
}

}  // namespace porterd::config
