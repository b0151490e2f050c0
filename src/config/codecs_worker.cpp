// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_worker.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/codecs_access.h"
#include "config/codecs_basic.h"
#include "config/codecs_entry.h"
#include "config/codecs_listen.h"

namespace porterd::config {
namespace {

Parsed<std::uint16_t> parse_port(const Value& value, std::string_view text, const Context& context) {
  if (const auto number = base::parse_unsigned(text)) {
    if (*number > 0 && *number <= std::numeric_limits<std::uint16_t>::max()) return static_cast<std::uint16_t>(*number);
    return reject(value, fmt::format("'{}' is not a port", text), "a port from 1 to 65535");
  }
  if (const auto port = context.world.service_port(std::string(text), "tcp")) return *port;
  return reject_here(value, fmt::format("services(5) does not have '{}' for tcp", text), "write the number");
}

Parsed<RedirectTarget> parse_internet(const Value& value, std::string_view text, const Context& context) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return reject(value, shown(value) + " is not HOST:PORT");
  auto host = text.substr(0, colon);
  const auto port = parse_port(value, text.substr(colon + 1), context);
  if (!port) return std::unexpected(port.error());
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (const auto address = base::parse_address(host)) {
    if (is_bracketed != (address->family == base::Family::ipv6))
      return reject(value, "an IPv6 address stands in brackets here, and no other", R"("[2001:db8::1]:80")");
    return RedirectTarget{base::Endpoint{*address, *port}};
  }
  if (is_bracketed || !is_host_name(host)) return reject(value, fmt::format("'{}' is not a host", host));
  return RedirectTarget{NamedEndpoint{.host = std::string(host), .port = *port}};
}

}  // namespace

Parsed<RedirectTarget> TargetCodec::parse(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (text->starts_with('/') || text->starts_with('@')) {
    auto name = parse_unix_name(value, *text);
    if (!name) return std::unexpected(std::move(name).error());
    return RedirectTarget{std::move(*name)};
  }
  return parse_internet(value, *text, context);
}

Value TargetCodec::print(const RedirectTarget& value) {
  if (const auto* local = std::get_if<base::UnixAddress>(&value)) return quotable(local->text());
  if (const auto* named = std::get_if<NamedEndpoint>(&value))
    return quotable(fmt::format("{}:{}", named->host, named->port));
  const auto& endpoint = std::get<base::Endpoint>(value);
  if (endpoint.address.scope == 0) return quotable(endpoint.text());
  return quotable(fmt::format("[{}%{}]:{}", endpoint.address.text(), endpoint.address.scope, endpoint.port));
}

std::string TargetCodec::schema() { return R"({"type": "string"})"; }

Parsed<Answer> AnswerCodec::parse(const Value& value, const Context& context) {
  Answer answer;
  if (value.kind != Value::Kind::map) {
    auto text = Text::parse(value, context);
    if (!text) return std::unexpected(std::move(text).error());
    answer.text = std::move(*text);
    return answer;
  }
  constexpr std::array<std::string_view, 4> kKeys{"text", "file", "status", "type"};
  using Status = Number<std::uint16_t, 100, 599>;
  if (auto known = allow_keys(value, kKeys); !known) return std::unexpected(std::move(known).error());
  for (auto parsed : {parse_entry<Text>(value, "text", answer.text, context),
                      parse_entry<AbsolutePath>(value, "file", answer.file, context),
                      parse_entry<Status>(value, "status", answer.status, context),
                      parse_entry<Text>(value, "type", answer.content_type, context)})
    if (!parsed) return std::unexpected(std::move(parsed).error());
  if (!answer.text.empty() && !answer.file.empty())
    return reject(value, "has both 'text' and 'file'", "one of the two");
  if (answer.status == 0 && answer.content_type != Answer().content_type)
    return reject(value, "'type' is for HTTP", "status: 200");
  return answer;
}

Value AnswerCodec::print(const Answer& value) {
  Answer plain_text;
  plain_text.text = value.text;
  if (value == plain_text) return quotable(value.text);
  std::vector<std::pair<std::string_view, Value>> entries;
  if (value.status != 0) entries.emplace_back("status", plain(std::to_string(value.status)));
  if (!value.text.empty()) entries.emplace_back("text", quotable(value.text));
  if (!value.file.empty()) entries.emplace_back("file", quotable(value.file));
  if (value.content_type != Answer().content_type) entries.emplace_back("type", quotable(value.content_type));
  return map_of(std::move(entries));
}

std::string AnswerCodec::schema() {
  return schema_any({Text::schema(), schema_object({{"text", Text::schema()},
                                                    {"file", AbsolutePath::schema()},
                                                    {"status", Number<std::uint16_t, 100, 599>::schema()},
                                                    {"type", Text::schema()}})});
}

}  // namespace porterd::config
