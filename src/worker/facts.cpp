// SPDX-License-Identifier: Apache-2.0
//
// One list of fields, walked by a writer and by a reader, so that the two cannot differ.
#include "worker/facts.h"

namespace porterd::worker {
namespace {

/// More targets than this nobody has.
constexpr std::uint64_t kMostTargets = 4096;

/// Numbers are eight bytes, the lowest first; texts have their length before them.
class Writer {
 public:
  void number(std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) text_ += static_cast<char>(value >> (8 * byte) & 0xff);
  }
  void text(const std::string& value) {
    number(value.size());
    text_ += value;
  }
  template <typename T>
  void integer(const T& value) {
    number(static_cast<std::uint64_t>(value));
  }
  void duration(std::chrono::milliseconds value) { number(static_cast<std::uint64_t>(value.count())); }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::uint64_t number() {
    if (rest_.size() < 8) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t byte = 0; byte < 8; ++byte)
      value |= std::uint64_t{static_cast<unsigned char>(rest_[byte])} << (8 * byte);
    rest_.remove_prefix(8);
    return value;
  }
  void text(std::string& value) {
    const auto size = number();
    if (size > rest_.size()) return fail();
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  /// A number that does not fit T comes back as another one.
  template <typename T>
  void integer(T& value) {
    const auto read = number();
    value = static_cast<T>(read);
    if (static_cast<std::uint64_t>(value) != read) fail();
  }
  void duration(std::chrono::milliseconds& value) {
    value = std::chrono::milliseconds(static_cast<std::int64_t>(number()));
    if (value.count() < 0) fail();
  }
  void fail() {
    has_failed_ = true;
    rest_ = {};
  }
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  [[nodiscard]] bool is_whole() const { return !has_failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool has_failed_ = false;
};

/// A target of any kind as plain fields.
struct FlatTarget {
  enum class Kind : std::uint8_t { host, endpoint, path, abstract };
  Kind kind = Kind::host;
  std::string name;
  std::uint16_t port = 0;
  std::uint32_t scope = 0;
};

FlatTarget flat(const RelayTarget& target) {
  using enum FlatTarget::Kind;
  if (const auto* named = std::get_if<HostTarget>(&target))
    return {.kind = host, .name = named->host, .port = named->port};
  const auto& address = std::get<base::SocketAddress>(target);
  if (const auto* end = std::get_if<base::Endpoint>(&address))
    return {.kind = endpoint, .name = end->address.text(), .port = end->port, .scope = end->address.scope};
  const auto& local = std::get<base::UnixAddress>(address);
  return {.kind = local.is_abstract ? abstract : path, .name = local.name};
}

std::optional<RelayTarget> target_of(const FlatTarget& flat) {
  using enum FlatTarget::Kind;
  if (flat.kind == host) return HostTarget{flat.name, flat.port};
  if (flat.kind == path || flat.kind == abstract)
    return base::SocketAddress(base::UnixAddress{flat.name, flat.kind == abstract});
  auto address = base::parse_address(flat.name);
  if (!address || flat.kind != endpoint) return std::nullopt;
  address->scope = flat.scope;
  return base::SocketAddress(base::Endpoint{*address, flat.port});
}

template <typename Archive, typename Target>
void walk_target(Archive& archive, Target& target) {
  archive.integer(target.kind);
  archive.text(target.name);
  archive.integer(target.port);
  archive.integer(target.scope);
}

void walk_targets(Writer& writer, const std::vector<RelayTarget>& targets) {
  writer.number(targets.size());
  for (const auto& target : targets) {
    const auto fields = flat(target);
    walk_target(writer, fields);
  }
}

void walk_targets(Reader& reader, std::vector<RelayTarget>& targets) {
  const auto count = reader.number();
  if (count > kMostTargets) reader.fail();
  for (std::uint64_t index = 0; index < count && !reader.has_failed(); ++index) {
    FlatTarget fields;
    walk_target(reader, fields);
    auto target = target_of(fields);
    if (!target) return reader.fail();
    targets.push_back(std::move(*target));
  }
}

void walk_prefixes(Writer& writer, const config::AccessList& list) {
  writer.number(list.size());
  for (const auto& entry : list) {
    const auto* prefix = std::get_if<base::Prefix>(&entry);
    writer.text(prefix != nullptr ? prefix->text() : "");
  }
}

void walk_prefixes(Reader& reader, config::AccessList& list) {
  const auto count = reader.number();
  for (std::uint64_t index = 0; index < count && !reader.has_failed(); ++index) {
    std::string text;
    reader.text(text);
    const auto prefix = base::parse_prefix(text);
    if (!prefix) return reader.fail();
    list.emplace_back(*prefix);
  }
}

template <typename Archive, typename F>
void walk(Archive& archive, F& facts) {
  archive.integer(facts.role);
  archive.integer(facts.is_datagram);
  archive.text(facts.builtin);
  archive.text(facts.settings.text);
  archive.integer(facts.settings.http_status);
  archive.text(facts.settings.content_type);
  archive.integer(facts.settings.daytime);
  walk_prefixes(archive, facts.only_from);
  archive.integer(facts.has_only_from);
  walk_prefixes(archive, facts.no_access);
  walk_targets(archive, facts.relay.targets);
  archive.duration(facts.relay.connect_timeout);
  archive.duration(facts.relay.idle_timeout);
  archive.integer(facts.relay.sends_proxy_header);
  archive.text(facts.text);
  archive.duration(facts.idle_timeout);
  archive.duration(facts.deadline);
}

}  // namespace

std::string write_facts(const Facts& facts) {
  Writer writer;
  walk(writer, facts);
  return writer.take();
}

std::optional<Facts> read_facts(std::string_view text) {
  Reader reader(text);
  Facts facts;
  walk(reader, facts);
  if (facts.builtin == "qotd") facts.settings.quotations = split_quotations(facts.settings.text);
  if (!reader.is_whole() || facts.role > Role::intercept || facts.settings.daytime > DaytimeForm::inetd)
    return std::nullopt;
  return facts;
}

}  // namespace porterd::worker
