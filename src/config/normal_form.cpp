// SPDX-License-Identifier: Apache-2.0
#include "config/normal_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/enum_names.h"
#include "base/text.h"
#include "config/codecs_log.h"
#include "config/paths.h"
#include "config/printer.h"
#include "config/table.h"
#include "config/utf8.h"

namespace porterd::config {
namespace {

constexpr std::string_view kNull = "null";

/// A service at one of its places.
struct Offer {
  const Service& service;
  const ListenAddress& place;
  const World& world;

  [[nodiscard]] const ListenAddress::Port* port() const { return std::get_if<ListenAddress::Port>(&place.at); }
  [[nodiscard]] Protocol protocol() const { return service.protocol.value_or(Protocol::tcp); }
  [[nodiscard]] bool is_udp() const {
    return protocol() == Protocol::udp || protocol() == Protocol::udp4 || protocol() == Protocol::udp6;
  }
  [[nodiscard]] std::string transport() const { return port() == nullptr ? "unix" : is_udp() ? "udp" : "tcp"; }
};

// Bytes that are not UTF-8 are shown as Latin-1, which most of such files are.
std::string text(std::string_view value) {
  std::string shown;
  while (const auto bad = first_bad_byte(value)) {
    const auto byte = static_cast<unsigned char>(value[*bad]);
    shown += value.substr(0, *bad);
    if (byte >= 0x80) shown += static_cast<char>(0xc0 | byte >> 6);
    shown += byte >= 0x80 ? static_cast<char>(0x80 | (byte & 0x3f)) : '?';  // NUL, which YAML has no place for
    value.remove_prefix(*bad + 1);
  }
  return json_string(shown += value);
}
std::string text_or_null(std::string_view value) { return value.empty() ? std::string(kNull) : text(value); }
std::string yes_no(bool value) { return value ? "true" : "false"; }

template <typename Items, typename Shown>
std::string list(const Items& items, Shown shown) {
  std::string result = "[";
  for (const auto& item : items) {
    if (result.size() > 1) result += ", ";
    result += shown(item);
  }
  return result + "]";
}
std::string words(const std::vector<std::string>& items) { return list(items, text); }

std::string count(const std::optional<std::uint32_t>& value) {
  return value ? std::to_string(*value) : text("UNLIMITED");
}

std::string type(const Offer& offer) {
  std::vector<std::string> found;
  const auto* port = offer.port();
  const auto& service = offer.service;
  const bool is_listed =
      port != nullptr && offer.world.service_port(service.service, offer.transport()) == std::optional(port->port);
  if (service.rpc) found.emplace_back("RPC");
  if (service.builtin || service.intercept) found.emplace_back("INTERNAL");  // xinetd serves what it intercepts
  if (service.tcpmux != Tcpmux::no) found.emplace_back(service.tcpmux == Tcpmux::plus ? "TCPMUXPLUS" : "TCPMUX");
  if (service.has_mark(XinetdMark::unlisted) || (!is_listed && !service.rpc)) found.emplace_back("UNLISTED");
  return words(found);
}

bool is_ipv4(const Offer& offer) {
  const auto* port = offer.port();
  if (port == nullptr) return false;
  if (port->address) return port->address->family == base::Family::ipv4;
  return offer.protocol() == Protocol::tcp4 || offer.protocol() == Protocol::udp4;
}

std::string flags(const Offer& offer) {
  const auto& service = offer.service;
  std::vector<std::string> found;
  if (offer.port() != nullptr) found.emplace_back(is_ipv4(offer) ? "IPv4" : "IPv6");
  if (service.keepalive) found.emplace_back("KEEPALIVE");
  if (service.nodelay) found.emplace_back("NODELAY");
  if (service.argv0) found.emplace_back("NAMEINARGS");
  if (service.intercept) found.emplace_back("INTERCEPT");
  if (service.sensor) found.emplace_back("SENSOR");
  if (service.ident_only || service.has_mark(XinetdMark::idonly)) found.emplace_back("IDONLY");
  if (service.has_mark(XinetdMark::noretry)) found.emplace_back("NORETRY");
  if (service.has_mark(XinetdMark::nolibwrap)) found.emplace_back("NOLIBWRAP");
  return words(found);
}

std::string port(const Offer& offer) {
  return offer.port() == nullptr ? std::string(kNull) : std::to_string(offer.port()->port);
}

// Where the address alone does not say it, with its device, or the path.
std::string bind(const Offer& offer) {
  const auto* port = offer.port();
  if (port == nullptr) return text(std::get<ListenAddress::Local>(offer.place.at).address.text());
  auto found = port->address ? port->address->text() : std::string();
  if (!port->device.empty()) found += '%' + port->device;
  return text_or_null(found);
}

std::string v6only(const Offer& offer) {
  const auto* port = offer.port();
  const bool is_ipv6 = offer.protocol() == Protocol::tcp6 || offer.protocol() == Protocol::udp6;
  return port != nullptr && !port->address && is_ipv6 ? "true" : std::string(kNull);
}

std::string server_argv(const Offer& offer) {
  const auto& service = offer.service;
  if (service.server.empty()) return std::string(kNull);
  std::vector<std::string> argv{service.argv0.value_or(std::string(last_component(service.server)))};
  argv.insert(argv.end(), service.server_args.begin(), service.server_args.end());
  return words(argv);
}

// A number has the same group without asking passwd(5), as xinetd does it.
std::string group(const Offer& offer) {
  const auto& service = offer.service;
  if (!service.group) return std::string(kNull);
  const bool is_the_users =
      service.user && base::parse_unsigned(service.user->name) && service.user->name == service.group->name;
  return is_the_users ? std::string(kNull) : text(service.group->name);
}

std::string per_source(const Offer& offer) {
  const auto& limit = offer.service.per_source;
  return limit ? std::to_string(limit->limit) : text("UNLIMITED");
}

std::string cps(const Offer& offer) {
  const auto& rate = offer.service.cps;
  if (!rate) return std::string(kNull);
  const auto wait = std::chrono::duration_cast<std::chrono::seconds>(rate->wait).count();
  const auto unit = rate->per == std::chrono::minutes(1) ? "/m" : "/h";
  const auto number =
      rate->per == std::chrono::seconds(1) ? std::to_string(rate->rate) : text(std::to_string(rate->rate) + unit);
  return fmt::format("[{}, {}]", number, rate->excess == Excess::disable ? std::to_string(wait) : kNull);
}

// Seconds, or xinetd's -1 for ever.
std::string deny_time(const Offer& offer) {
  const auto time = offer.service.deny_time;
  if (time == kDenyForever) return "-1";
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

// The first target; xinetd has one.
std::string redirect(const Offer& offer) {
  const auto& targets = offer.service.redirect;
  if (targets.empty()) return std::string(kNull);
  const auto shown = [](const std::string& host, std::uint16_t port) {
    return fmt::format("{{\"host\": {}, \"port\": {}}}", text(host), port);
  };
  if (const auto* named = std::get_if<NamedEndpoint>(&targets[0])) return shown(named->host, named->port);
  if (const auto* end = std::get_if<base::Endpoint>(&targets[0])) return shown(end->address.text(), end->port);
  return shown(std::get<base::UnixAddress>(targets[0]).text(), 0);
}

std::string rpc(const Offer& offer) {
  const auto& rpc = offer.service.rpc;
  if (!rpc) return std::string(kNull);
  return fmt::format("{{\"number\": {}, \"min\": {}, \"max\": {}}}", rpc->number, rpc->first, rpc->last);
}

std::string access_entry(const AccessEntry& entry) {
  if (const auto* host = std::get_if<HostName>(&entry)) return text("host:" + host->name);
  const auto& prefix = std::get<base::Prefix>(entry);
  return text(fmt::format("{}/{}", prefix.address.text(), prefix.length));
}

std::string capitals(std::string_view word) {
  std::string result(word);
  std::ranges::transform(result, result.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return result;
}

std::string log_words(LogFields fields) {
  std::vector<std::string> found;
  for (std::size_t index = 0; index < std::size(kLogFieldNames); ++index)
    if ((fields & log_field(static_cast<LogField>(index))) != 0) found.push_back(capitals(kLogFieldNames[index]));
  return words(found);
}

std::string log_limits(const LogTarget& target) {
  if (target.soft_limit == 0) return {};
  return fmt::format(", \"soft\": {}, \"hard\": {}", target.soft_limit, target.hard_limit);
}

std::string log_target(const Service& service) {
  const auto& target = service.log_type;
  const bool has_words = service.log_on_success != 0 || service.log_on_failure != 0;
  const auto named = [](std::string_view name) { return fmt::format("\"type\": {}", text(name)); };
  switch (target.kind) {
    case LogTarget::Kind::syslog: {
      const auto printed = LogTargetCodec::print(target);
      const auto found = base::split_words(printed.text);
      return fmt::format("{}, \"facility\": {}, \"level\": {}", named(found[0]), text(found[1]), text(found[2]));
    }
    case LogTarget::Kind::file:
      if (service.has_mark(XinetdMark::common_log)) return named("common_file");
      return fmt::format("{}, \"path\": {}{}", named("file"), text(target.path), log_limits(target));
    case LogTarget::Kind::main:
      return named(has_words ? "main" : "none");
    case LogTarget::Kind::none:
      return named("none");
    case LogTarget::Kind::standard_error:
      return named("stderr");
    case LogTarget::Kind::journal:
      return named("journal");
  }
  return named("none");
}

std::string log(const Offer& offer) {
  const auto& service = offer.service;
  return fmt::format("{{{}, \"success\": {}, \"failure\": {}}}", log_target(service), log_words(service.log_on_success),
                     log_words(service.log_on_failure));
}

std::string half_limit(std::string_view half) {
  const auto number = base::parse_size(half);
  return number ? std::to_string(*number) : text("UNLIMITED");
}

// One number, or [soft, hard].
std::string limit(std::string_view printed) {
  const auto halves = base::split(printed, ':');
  return halves.size() == 1 ? half_limit(halves[0]) : list(halves, half_limit);
}

std::string rlimits(const Offer& offer) {
  std::string found;
  const Service fresh;
  for (const auto& row : service_attributes()) {
    if (!row.name.starts_with("rlimit_") || row.is_equal(offer.service, fresh)) continue;
    if (!found.empty()) found += ", ";
    found += fmt::format("{}: {}", text(row.name), limit(row.print(offer.service).text));
  }
  return "{" + found + "}";
}

std::string fraction(double value) {
  return value == std::floor(value) ? fmt::format("{:.1f}", value) : fmt::format("{}", value);
}

/// One field of the form: a row.
struct Field {
  std::string_view name;
  std::string (*shown)(const Offer& offer);
};

constexpr Field kFields[] = {
    {"name", [](const Offer& offer) { return text(offer.service.service); }},
    {"id", [](const Offer& offer) { return text(offer.service.id); }},
    {"type", &type},
    {"flags", &flags},
    {"socket_type", [](const Offer& offer) { return text(base::name_of(offer.service.socket_type)); }},
    {"protocol", [](const Offer& offer) { return text(offer.transport()); }},
    {"port", &port},
    {"bind", &bind},
    {"v6only", &v6only},
    {"wait",
     [](const Offer& offer) {
       const auto& service = offer.service;
       return yes_no(service.wait || (service.builtin && service.socket_type == SocketType::dgram));
     }},
    {"user", [](const Offer& offer) { return text_or_null(offer.service.user ? offer.service.user->name : ""); }},
    {"group", &group},
    {"groups", [](const Offer& offer) { return yes_no(offer.service.groups.kind != Groups::Kind::none); }},
    {"server", [](const Offer& offer) { return text_or_null(offer.service.server); }},
    {"server_argv", &server_argv},
    {"instances", [](const Offer& offer) { return count(offer.service.instances); }},
    {"per_source", &per_source},
    {"cps", &cps},
    {"only_from",
     [](const Offer& offer) {
       return offer.service.has_only_from ? list(offer.service.only_from, access_entry) : std::string(kNull);
     }},
    {"no_access",
     [](const Offer& offer) {
       return offer.service.no_access.empty() ? std::string(kNull) : list(offer.service.no_access, access_entry);
     }},
    {"log", &log},
    {"env",
     [](const Offer& offer) {
       return list(offer.service.env, [](const auto& one) { return text(one.first + '=' + one.second); });
     }},
    {"passenv", [](const Offer& offer) { return words(offer.service.passenv); }},
    {"access_times",
     [](const Offer& offer) {
       const auto& times = offer.service.access_times;
       const auto shown = [](const TimeRange& range) {
         return text(fmt::format("{:02}:{:02}-{:02}:{:02}", range.first / 60, range.first % 60, range.last / 60,
                                 range.last % 60));
       };
       return times.empty() ? std::string(kNull) : list(times, shown);
     }},
    {"nice",
     [](const Offer& offer) { return offer.service.nice ? std::to_string(*offer.service.nice) : std::string(kNull); }},
    {"umask",
     [](const Offer& offer) {
       return offer.service.umask ? text(fmt::format("{:04o}", *offer.service.umask)) : std::string(kNull);
     }},
    {"rlimits", &rlimits},
    {"max_load",
     [](const Offer& offer) {
       return offer.service.max_load ? fraction(*offer.service.max_load) : std::string(kNull);
     }},
    {"deny_time", &deny_time},
    {"redirect", &redirect},
    {"rpc", &rpc},
    {"libwrap", [](const Offer& offer) { return text_or_null(offer.service.libwrap.value_or("")); }},
    {"banner", [](const Offer& offer) { return text_or_null(offer.service.banner); }},
    {"banner_success", [](const Offer& offer) { return text_or_null(offer.service.banner_success); }},
    {"banner_fail", [](const Offer& offer) { return text_or_null(offer.service.banner_fail); }},
};

std::string shown_offer(const Offer& offer) {
  std::string result;
  for (const auto& field : kFields)
    result += fmt::format("{}      {}: {}", result.empty() ? "" : ",\n", text(field.name), field.shown(offer));
  return "    {\n" + result + "\n    }";
}

// A list of objects, each on lines of its own.
std::string block(std::string_view name, const std::vector<std::string>& objects) {
  return objects.empty() ? fmt::format("  {}: []", text(name))
                         : fmt::format("  {}: [\n{}\n  ]", text(name), fmt::join(objects, ",\n"));
}

std::vector<std::string> shown_services(const Config& config, const World& world) {
  std::vector<std::string> shown;
  for (const auto& service : config.services)
    for (const auto& place : service.listen) shown.push_back(shown_offer({service, place, world}));
  return shown;
}

std::vector<std::string> shown_left_out(const std::vector<LeftOut>& left_out) {
  std::vector<std::string> shown;
  for (const auto& one : left_out)
    shown.push_back(fmt::format("    {{\"name\": {}, \"id\": {}, \"reason\": {}}}", text(one.name), text(one.id),
                                text(base::name_of(one.reason))));
  return shown;
}

std::vector<std::string> shown_messages(const Diagnostics& diagnostics) {
  std::vector<std::string> shown;
  for (const auto& one : diagnostics.all())
    shown.push_back(fmt::format("    {{\"level\": {}, \"file\": {}, \"line\": {}, \"text\": {}}}",
                                text(base::name_of(one.severity)), text(one.where.file ? one.where.file->path : ""),
                                one.where.line, text(one.message)));
  return shown;
}

}  // namespace

std::string dump_normal(const Loaded& loaded, const World& world) {
  return fmt::format("{{\n{},\n{},\n{},\n  \"configuration\": {}}}\n",
                     block("services", shown_services(loaded.config, world)),
                     block("dropped", shown_left_out(loaded.left_out)),
                     block("messages", shown_messages(loaded.diagnostics)), dump_json(loaded.config));
}

}  // namespace porterd::config
