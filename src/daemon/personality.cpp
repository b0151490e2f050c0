// SPDX-License-Identifier: Apache-2.0
#include "daemon/personality.h"

#include <algorithm>
#include <iterator>

namespace porterd::daemon {
namespace {

using config::InetdDialect;

struct Name {
  std::string_view name;
  Personality personality;
  InetdDialect dialect = InetdDialect::any;
};

constexpr Name kNames[] = {
    {"xinetd", Personality::xinetd},
    {"inetd", Personality::inetd},
    {"openbsd-inetd", Personality::inetd, InetdDialect::openbsd},
    {"inetutils-inetd", Personality::inetd, InetdDialect::gnu},
    {"systemd-socket-activate", Personality::socket_activate},
    {"porterd-socket-activate", Personality::socket_activate},
};

// `--xinetd FILE` is porterd's own.
bool begins_command_line(std::span<char* const> arguments) {
  return arguments.size() < 3 || std::string_view(arguments[2]).starts_with('-');
}

Role chosen_role(std::span<char* const> arguments) {
  constexpr std::string_view kInetd = "--inetd=";
  if (arguments.size() < 2) return {};
  const std::string_view word = arguments[1];
  const auto rest = arguments.subspan(1);
  if (word == "--socket-activate") return {.personality = Personality::socket_activate, .arguments = rest};
  if (word == "--xinetd" && begins_command_line(arguments))
    return {.personality = Personality::xinetd, .arguments = rest};
  if (word == "--inetd" && begins_command_line(arguments))
    return {.personality = Personality::inetd, .arguments = rest};
  if (!word.starts_with(kInetd)) return {};
  const auto dialect = inetd_dialect_of(word.substr(kInetd.size()));
  if (!dialect) return {};
  return {.personality = Personality::inetd, .dialect = *dialect, .arguments = rest};
}

}  // namespace

Role role_of(std::span<char* const> arguments) {
  if (arguments.empty()) return {};
  const std::string_view path = arguments.front();
  const auto* const found = std::ranges::find(kNames, path.substr(path.rfind('/') + 1), &Name::name);
  if (found == std::end(kNames)) return chosen_role(arguments);
  return {.personality = found->personality, .dialect = found->dialect, .arguments = arguments};
}

std::optional<InetdDialect> inetd_dialect_of(std::string_view name) {
  const auto* const found = std::ranges::find(config::kInetdDialectNames, name);
  if (found == std::end(config::kInetdDialectNames) || name == "any") return std::nullopt;
  return static_cast<InetdDialect>(found - std::begin(config::kInetdDialectNames));
}

}  // namespace porterd::daemon
