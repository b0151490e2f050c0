// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/codec.h"

namespace porterd::migration {
namespace {

using config::map_of;
using config::plain;
using config::quotable;
using Take = void (*)(UnitBuilder& builder, const UnitSetting& from);

std::string not_understood(const UnitSetting& from) { return fmt::format("'{}' is not understood", from.value); }

// Attributes that take one text as it is.
template <const char* kAttribute>
void take_text(UnitBuilder& builder, const UnitSetting& from) {
  if (from.value.empty()) return builder.forget(kAttribute);
  if (auto text = builder.text_of(from)) builder.set(kAttribute, quotable(std::move(*text)), from);
}

template <const char* kAttribute>
void take_switch(UnitBuilder& builder, const UnitSetting& from) {
  const auto value = parse_unit_boolean(from.value);
  if (!value) return builder.refuse(from, not_understood(from), "yes or no");
  builder.set(kAttribute, plain(*value ? "yes" : "no"), from);
}

// Attributes that take as many words as there are.
template <const char* kAttribute>
void take_words(UnitBuilder& builder, const UnitSetting& from) {
  if (from.value.empty()) return builder.forget(kAttribute);
  const auto words = builder.words_of(from);
  if (!words) return;
  for (const auto& word : *words) builder.add(kAttribute, quotable(word), from);
}

constexpr char kFreebind[] = "freebind";
constexpr char kKeepalive[] = "keepalive";
constexpr char kNodelay[] = "nodelay";
constexpr char kGroup[] = "group";
constexpr char kGroups[] = "groups";
constexpr char kEnv[] = "env";
constexpr char kPassenv[] = "passenv";

void take_backlog(UnitBuilder& builder, const UnitSetting& from) {
  const auto number = base::parse_unsigned(from.value);
  if (!number) return builder.refuse(from, not_understood(from), "a number");
  if (*number > 65535) return builder.note(from, "as many as the kernel allows, which is porterd's default too");
  builder.set("backlog", plain(from.value), from);
}

void take_max_connections(UnitBuilder& builder, const UnitSetting& from) {
  const auto number = base::parse_unsigned(from.value);
  if (!number || *number == 0) return builder.refuse(from, not_understood(from), "a number above 0");
  builder.set("instances", plain(from.value), from);
}

void take_per_source(UnitBuilder& builder, const UnitSetting& from) {
  const auto number = base::parse_unsigned(from.value);
  if (!number) return builder.refuse(from, not_understood(from), "a number");
  if (*number == 0) return builder.forget("per_source");
  builder.set("per_source", map_of({{"limit", plain(from.value)}, {"ipv4", plain("32")}, {"ipv6", plain("128")}}),
              from);
}

void take_ipv6_only(UnitBuilder& builder, const UnitSetting& from) {
  builder.facts.is_only_ipv6 = from.value == "ipv6-only";
  if (from.value == "default") builder.note(from, "taken as both: the machine's net.ipv6.bindv6only is not asked");
}

void take_trigger_interval(UnitBuilder& builder, const UnitSetting& from) {
  const auto span = parse_time_span(from.value);
  if (!span) return builder.refuse(from, not_understood(from), "a time such as 2s");
  builder.facts.trigger_interval = *span;
  builder.facts.trigger = &from;
}

void take_trigger_burst(UnitBuilder& builder, const UnitSetting& from) {
  const auto number = base::parse_unsigned(from.value);
  if (!number || *number > 1'000'000) return builder.refuse(from, not_understood(from), "a number");
  builder.facts.trigger_burst = static_cast<std::uint32_t>(*number);
  builder.facts.trigger = &from;
}

void take_user(UnitBuilder& builder, const UnitSetting& from) {
  if (from.value.empty()) return builder.forget("user");
  const auto text = builder.text_of(from);
  if (!text) return;
  builder.set_user(*text);
  builder.set("user", quotable(*text), from);
}

void take_groups(UnitBuilder& builder, const UnitSetting& from) {
  take_words<kGroups>(builder, from);
  if (builder.has("groups")) builder.change(from, "only these: the groups that the user is in are to be listed too");
}

void take_environment(UnitBuilder& builder, const UnitSetting& from) {
  take_words<kEnv>(builder, from);
  if (from.value.empty()) return builder.facts.variables.clear();
  const auto words = split_unit_words(from.value);
  if (!words) return;
  for (const auto& word : *words)
    if (const auto sign = word.find('='); sign != std::string::npos)
      builder.facts.variables.emplace_back(word.substr(0, sign), word.substr(sign + 1));
}

void take_environment_file(UnitBuilder& builder, const UnitSetting& from) {
  builder.facts.environment_file = from.value.empty() ? nullptr : &from;
  if (!from.value.empty())
    builder.refuse(from, "porterd reads no files of variables", "write what the server needs of it into env");
}

void take_working_directory(UnitBuilder& builder, const UnitSetting& from) {
  auto text = builder.text_of(from);
  if (!text || text->empty()) return;
  if (text->starts_with('-')) {
    text->erase(0, 1);
    builder.change(from, "a directory that is not there keeps the server from starting");
  }
  if (*text == "~") return builder.refuse(from, "the home of the user is not looked up", "write the directory out");
  builder.set("working_directory", quotable(*text), from);
}

void take_umask(UnitBuilder& builder, const UnitSetting& from) { builder.set("umask", plain(from.value), from); }
void take_nice(UnitBuilder& builder, const UnitSetting& from) { builder.set("nice", plain(from.value), from); }

struct LimitKey {
  std::string_view key;
  std::string_view attribute;
};
constexpr LimitKey kLimits[] = {{"LimitCPU", "rlimit_cpu"},
                                {"LimitFSIZE", "rlimit_fsize"},
                                {"LimitDATA", "rlimit_data"},
                                {"LimitSTACK", "rlimit_stack"},
                                {"LimitCORE", "rlimit_core"},
                                {"LimitRSS", "rlimit_rss"},
                                {"LimitNOFILE", "rlimit_files"},
                                {"LimitAS", "rlimit_as"},
                                {"LimitNPROC", "rlimit_nproc"},
                                {"LimitMEMLOCK", "rlimit_memlock"},
                                {"LimitSIGPENDING", "rlimit_sigpending"},
                                {"LimitMSGQUEUE", "rlimit_msgqueue"},
                                {"LimitRTPRIO", "rlimit_rtprio"},
                                {"LimitRTTIME", "rlimit_rttime"},
                                {"LimitNICE", "rlimit_nice"}};

// One half of a limit as porterd writes it. Times with units are counted in milliseconds, as both understand those.
std::string limit_half(std::string_view half, bool is_time) {
  half = base::trim(half);
  if (half == "infinity") return "unlimited";
  if (!is_time || base::parse_unsigned(half)) return std::string(half);
  const auto span = parse_time_span(half);
  return span ? base::print_duration(*span) : std::string(half);
}

void take_limit(UnitBuilder& builder, const UnitSetting& from) {
  const auto* row = std::ranges::find(kLimits, from.key, &LimitKey::key);
  if (from.value.empty()) return builder.forget(row->attribute);
  const bool is_time = from.key == "LimitCPU" || from.key == "LimitRTTIME";
  if (from.key == "LimitNICE" && std::string_view("+-").contains(from.value.front()))
    return builder.refuse(from, "a nice level is not taken here", "rlimit_nice: 20 minus the level");
  std::string text;
  for (const auto half : base::split(from.value, ':')) text += (text.empty() ? "" : ":") + limit_half(half, is_time);
  builder.set(std::string(row->attribute), plain(std::move(text)), from);
}

void take_type(UnitBuilder& builder, const UnitSetting& from) {
  if (from.value == "simple" || from.value == "exec" || from.value == "oneshot" || from.value == "idle") return;
  builder.change(from, "porterd watches the process that it started, and waits for no message of it");
}

/// A key that becomes something.
struct KeyRow {
  std::string_view section;
  std::string_view key;
  Take take;
};

// Nothing more is to be done about it.
void take_nothing(UnitBuilder&, const UnitSetting&) {}

constexpr KeyRow kKeys[] = {
    {"Socket", "ListenStream", [](auto& builder, const auto& from) { builder.facts.listen.push_back(from); }},
    {"Socket", "ListenDatagram", [](auto& builder, const auto& from) { builder.facts.listen.push_back(from); }},
    {"Socket", "ListenSequentialPacket", [](auto& builder, const auto& from) { builder.facts.listen.push_back(from); }},
    {"Socket", "Accept",
     [](auto& builder, const auto& from) { builder.facts.accepts = parse_unit_boolean(from.value).value_or(false); }},
    {"Socket", "Service", &take_nothing},
    {"Socket", "Backlog", &take_backlog},
    {"Socket", "BindIPv6Only", &take_ipv6_only},
    {"Socket", "BindToDevice", [](auto& builder, const auto& from) { builder.facts.device = from.value; }},
    {"Socket", "FreeBind", &take_switch<kFreebind>},
    {"Socket", "KeepAlive", &take_switch<kKeepalive>},
    {"Socket", "NoDelay", &take_switch<kNodelay>},
    {"Socket", "MaxConnections", &take_max_connections},
    {"Socket", "MaxConnectionsPerSource", &take_per_source},
    {"Socket", "SocketUser", [](auto& builder, const auto& from) { builder.facts.socket_user = from.value; }},
    {"Socket", "SocketGroup", [](auto& builder, const auto& from) { builder.facts.socket_group = from.value; }},
    {"Socket", "SocketMode", [](auto& builder, const auto& from) { builder.facts.socket_mode = from.value; }},
    {"Socket", "TriggerLimitIntervalSec", &take_trigger_interval},
    {"Socket", "TriggerLimitBurst", &take_trigger_burst},
    {"Socket", "RemoveOnStop", &take_nothing},
    {"Service", "ExecStart",
     [](auto& builder, const auto& from) {
       if (from.value.empty()) return builder.facts.exec.clear();
       builder.facts.exec.push_back(from);
     }},
    {"Service", "Type", &take_type},
    {"Service", "User", &take_user},
    {"Service", "Group", &take_text<kGroup>},
    {"Service", "SupplementaryGroups", &take_groups},
    {"Service", "Environment", &take_environment},
    {"Service", "EnvironmentFile", &take_environment_file},
    {"Service", "PassEnvironment", &take_words<kPassenv>},
    {"Service", "WorkingDirectory", &take_working_directory},
    {"Service", "UMask", &take_umask},
    {"Service", "Nice", &take_nice},
    {"Service", "StandardInput", [](auto& builder, const auto& from) { builder.facts.input = &from; }},
    {"Service", "StandardOutput", [](auto& builder, const auto& from) { builder.facts.output = &from; }},
    {"Service", "StandardError", [](auto& builder, const auto& from) { builder.facts.error = &from; }},
};

}  // namespace

std::vector<std::string> unit_words() {
  std::vector<std::string> words{"[Unit]", "[Socket]", "[Service]", "[Install]"};
  for (const auto& row : kKeys) words.push_back(fmt::format("{}=", row.key));
  for (const auto& row : kLimits) words.push_back(fmt::format("{}=", row.key));
  return words;
}

void take_unit_setting(UnitBuilder& builder, const UnitSetting& setting) {
  const auto* row = std::ranges::find_if(
      kKeys, [&](const KeyRow& one) { return one.section == setting.section && one.key == setting.key; });
  if (row != std::end(kKeys)) return row->take(builder, setting);
  const auto* limit = std::ranges::find(kLimits, setting.key, &LimitKey::key);
  const bool is_limit = setting.section == "Service" && limit != std::end(kLimits);
  if (is_limit) return take_limit(builder, setting);
  take_other_unit_setting(builder, setting);
}

}  // namespace porterd::migration
