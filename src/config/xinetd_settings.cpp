// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_names.h"
#include "base/text.h"
#include "config/config.h"
#include "config/xinetd_limits.h"

namespace porterd::config {
namespace {

// xinetd's own; its manual has them at `cps`.
constexpr std::uint32_t kDefaultRate = 50;
constexpr std::uint32_t kDefaultWait = 10;

class Builder {
 public:
  Builder(const XinetdEntry& entry, const XinetdEntry& defaults, Diagnostics& found)
      : entry_(entry), defaults_(defaults), found_(found) {}

  std::vector<Setting> build(const XinetdPlaceToListen& place) {
    is_datagram_ = place.socket_type == "dgram";
    imply("socket_type", plain(place.socket_type), "socket_type");
    imply("protocol", plain(place.protocol), "protocol");
    if (place.port != 0) imply("port", plain(std::to_string(place.port)), "port");
    if (entry_.has_word("type", "rpc")) add_rpc();
    if (!place.address.empty()) imply("bind", quotable(place.address), "bind");
    for (const auto& attribute : xinetd_attributes())
      if (!attribute.native.empty() && attribute.name != "port") add(attribute);
    add_flags();
    if (is_served_here()) {
      add_what_is_served();
    } else {
      add_arguments();
      add_group();
      widen_groups();
      add_environment();
    }
    add_tcpmux();
    add_log_format(place);
    add_defaults();
    add_marks();
    return std::move(settings_);
  }

 private:
  // What the service has, or the defaults have for services that lack it.
  [[nodiscard]] const XinetdGiven* given(const XinetdAttribute& attribute) const {
    if (const auto* own = entry_.find(attribute.name)) return own;
    return attribute.is_inherited_early() ? nullptr : defaults_.find(attribute.name);
  }

  void add(const XinetdAttribute& attribute) {
    const auto* value = given(attribute);
    if (value == nullptr || is_unused(attribute, *value)) return;
    if (is_served_here() && is_of_program(attribute.name)) return;
    // A limit of 0 is not applied.
    if (value->value.kind == Value::Kind::scalar && value->value.text.empty()) return;
    const bool is_own = value->is_own && entry_.find(attribute.name) != nullptr;
    settings_.push_back(
        {.name = std::string(attribute.native), .value = value->value, .where = value->where, .is_implied = !is_own});
  }

  // What xinetd cannot look at either: it does not know the peer.
  bool is_unused(const XinetdAttribute& attribute, const XinetdGiven& value) {
    const bool is_log = attribute.name == "log_on_success" || attribute.name == "log_on_failure";
    if (is_log) return !has_log();
    if (attribute.name != "per_source" || !waits() || is_datagram_) return false;
    if (value.is_own && entry_.find("per_source") != nullptr)
      found_.add(Severity::warning, value.where,
                 "per_source is ignored: with wait = yes the server accepts for itself");
    return true;
  }

  /// By a worker: INTERNAL or redirect.
  [[nodiscard]] bool is_served_here() const {
    if (entry_.has_word("flags", "sensor")) return false;
    return entry_.has_word("type", "internal") || entry_.find("redirect") != nullptr;
  }

  // xinetd does nothing about these, either, where it runs no program.
  [[nodiscard]] static bool is_of_program(std::string_view name) {
    constexpr std::array<std::string_view, 9> kNames{"server", "wait",    "user",  "group", "groups",
                                                     "env",    "passenv", "umask", "nice"};
    return name.starts_with("rlimit_") || std::ranges::find(kNames, name) != kNames.end();
  }

  void add_what_is_served() {
    if (entry_.has_word("type", "internal")) return imply("builtin", plain(base::to_lower(entry_.name())), "type");
    const auto& words = entry_.find("redirect")->value.items;
    const auto& host = words[0].text;
    imply("redirect",
          quotable(fmt::format("{}{}{}:{}", host.contains(':') ? "[" : "", host, host.contains(':') ? "]" : "",
                               words[1].text)),
          "redirect");
  }

  void add_tcpmux() {
    const bool is_plus = entry_.has_word("type", "tcpmuxplus");
    if (is_plus || entry_.has_word("type", "tcpmux")) imply("tcpmux", plain(is_plus ? "plus" : "yes"), "type");
  }

  [[nodiscard]] bool waits() const { return entry_.find("wait")->value.text == "yes"; }
  [[nodiscard]] bool has_log() const { return given(*find_xinetd_attribute("log_type")) != nullptr; }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::find(settings_, name, &Setting::name) != settings_.end();
  }

  // A setting at the place of the attribute that it comes from, if the service has that.
  void imply(std::string_view name, Value value, std::string_view from = {}) {
    const auto* own = from.empty() ? nullptr : entry_.find(from);
    value.where = own != nullptr ? own->where : entry_.where();
    for (auto& item : value.items) item.where = value.where;
    auto where = value.where;
    settings_.push_back({.name = std::string(name),
                         .value = std::move(value),
                         .where = std::move(where),
                         .is_implied = own == nullptr});
  }

  void add_flags() {
    if (needs_ident()) imply("ident_only", plain("yes"), "flags");
    if (entry_.has_word("flags", "keepalive")) imply("keepalive", plain("yes"), "flags");
    if (entry_.has_word("flags", "sensor")) imply("sensor", plain("yes"), "flags");
    if (entry_.has_word("flags", "intercept") && waits() && !entry_.has_word("flags", "sensor"))
      imply("intercept", plain("yes"), "flags");
    if (entry_.has_word("flags", "nodelay")) imply("nodelay", plain("yes"), "flags");
  }

  // xinetd asks for its log, and IDONLY only says what becomes of a client without an answer.
  [[nodiscard]] bool needs_ident() const {
    return entry_.has_word("flags", "idonly") && logs_user() && has_log() && !waits() && !is_datagram_;
  }

  [[nodiscard]] bool logs_user() const {
    const auto* fields = given(*find_xinetd_attribute("log_on_success"));
    return fields != nullptr &&
           std::ranges::any_of(fields->value.items, [](const auto& item) { return item.text == "userid"; });
  }

  void add_rpc() {
    const auto* number = entry_.find("rpc_number");
    const auto& program = number == nullptr ? entry_.name() : number->value.text;
    imply("rpc", quotable(program + '/' + entry_.find("rpc_version")->value.text), "rpc_version");
  }

  void add_arguments() {
    const auto* given = entry_.find("server_args");
    if (given == nullptr) return;
    auto arguments = given->value;
    if (entry_.has_word("flags", "nameinargs")) {
      imply("argv0", quotable(arguments.items.front().text), "server_args");
      arguments.items.erase(arguments.items.begin());
    }
    imply("server_args", std::move(arguments), "server_args");
  }

  // xinetd asks no passwd(5) about a number: the group has the same one.
  void add_group() {
    const auto* user = entry_.find("user");
    if (!has("group") && user != nullptr && base::parse_unsigned(user->value.text))
      imply("group", plain(user->value.text), "user");
  }

  // Another group does not take the user's own from it.
  void widen_groups() {
    const auto groups = std::ranges::find(settings_, "groups", &Setting::name);
    if (groups != settings_.end() && groups->value.text == "yes" && has("group") && entry_.find("group") != nullptr)
      groups->value.text = "all";
  }

  // Without passenv a server gets everything that xinetd itself has.
  void add_environment() {
    imply("environment", plain(has("passenv") ? "none" : "inherit"));
    imply("connection_env", plain("remote_host"));
  }

  // Where xinetd has one IPv6 socket for both families, its log shows IPv4 addresses as that socket does.
  void add_log_format(const XinetdPlaceToListen& place) {
    if (!has_log()) return;
    const bool is_mapped = place.address.empty() && (place.protocol == "tcp" || place.protocol == "udp");
    imply("log_format", plain(is_mapped ? "xinetd_mapped" : "xinetd"), "log_type");
  }

  void add_defaults() {
    if (!is_served_here()) imply("stderr", plain("socket"));
    if (!has("groups") && !is_served_here()) imply("groups", plain("no"));
    if (!has("cps")) imply("cps", xinetd_rate(kDefaultRate, kDefaultWait, entry_.where()));
    for (const std::string_view log : {"log_on_success", "log_on_failure"})
      if (!has(log)) imply(log, list_of({}));
  }

  void add_marks() {
    std::vector<Value> marks;
    const auto add_mark = [&](bool is_set, XinetdMark mark) {
      if (is_set) marks.push_back(plain(std::string(base::name_of(mark))));
    };
    const auto* log = entry_.find("log_type") == nullptr ? defaults_.find("log_type") : nullptr;
    add_mark(entry_.has_word("type", "unlisted"), XinetdMark::unlisted);
    add_mark(log != nullptr && log->value.text.starts_with("file"), XinetdMark::common_log);
    add_mark(entry_.has_word("flags", "noretry"), XinetdMark::noretry);
    add_mark(entry_.has_word("flags", "nolibwrap"), XinetdMark::nolibwrap);
    const bool is_idle = entry_.has_word("flags", "idonly") && !needs_ident();
    add_mark(is_idle, XinetdMark::idonly);
    if (is_idle)
      found_.add(Severity::warning, entry_.find("flags")->where,
                 "IDONLY lets everybody in, as in xinetd: it needs USERID in log_on_success, a log, and wait = no");
    if (!marks.empty()) imply("xinetd_marks", list_of(std::move(marks)));
  }

  const XinetdEntry& entry_;
  const XinetdEntry& defaults_;
  Diagnostics& found_;
  bool is_datagram_ = false;
  std::vector<Setting> settings_;
};

}  // namespace

std::vector<Setting> xinetd_settings(const XinetdEntry& entry, const XinetdEntry& defaults,
                                     const XinetdPlaceToListen& place, Diagnostics& found) {
  return Builder(entry, defaults, found).build(place);
}

}  // namespace porterd::config
