// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "daemon/activate_options.h"
#include "daemon/inetd_options.h"
#include "daemon/option_table.h"
#include "daemon/personality.h"
#include "daemon/xinetd_options.h"

namespace porterd::daemon {
namespace {

template <Action action>
base::Status set_action(Options& options, const char* /*argument*/) {
  options.action = action;
  return {};
}

base::Status set_dump(Options& options, const char* argument) {
  const std::string_view form = argument == nullptr ? "yaml" : argument;
  if (form != "yaml" && form != "json")
    return base::failure("--dump=" + std::string(form) + ": yaml or json is possible");
  options.action = form == "yaml" ? Action::dump_yaml : Action::dump_json;
  return {};
}

base::Status refuse_late(Options& /*options*/, const char* /*argument*/) {
  return base::failure("--socket-activate: must be the first option");
}

base::Status add_inetd(Options& options, const char* argument) {
  if (inetd_dialect_of(argument))
    return base::failure("--inetd=" + std::string(argument) + ": must be the first option; a file of that name is ./" +
                         argument);
  return options.inetd.emplace_back(argument), base::Status{};
}

base::Status set_dialect(Options& options, const char* argument) {
  const auto& names = config::kInetdDialectNames;
  const auto* found = std::ranges::find(names, std::string_view(argument));
  if (found == std::end(names))
    return base::failure("--dialect=" + std::string(argument) +
                         ": any, bsd, freebsd, netbsd, openbsd or gnu is possible");
  options.dialect = static_cast<config::InetdDialect>(found - std::begin(names));
  return {};
}

base::Status set_explain(Options& options, const char* argument) {
  options.action = Action::explain;
  if (argument != nullptr) options.attribute = argument;
  return {};
}

base::Status set_import(Options& options, const char* argument) {
  options.action = Action::import;
  options.format = argument;
  return {};
}

// First what only porterd's own command line has.
constexpr OptionRow kRows[] = {
    {.name = "xinetd",
     .argument = required_argument,
     .value = "FILE",
     .help = "also serve what this xinetd.conf says, with what it includes",
     .apply = [](Options& options, const char* argument) -> base::Status {
       return options.xinetd = argument, base::Status{};
     }},
    {.name = "inetd",
     .argument = required_argument,
     .value = "FILE",
     .help = "also serve what this inetd.conf says; may be given more than once",
     .apply = &add_inetd},
    {.name = "dialect",
     .argument = required_argument,
     .value = "NAME",
     .help = "whose inetd.conf it is: bsd, freebsd, netbsd, openbsd (Debian's) or gnu",
     .apply = &set_dialect},
    {.name = "socket-activate",
     .argument = no_argument,
     .value = nullptr,
     .help = "first of all options: what follows is systemd-socket-activate's command line",
     .apply = &refuse_late},
    {.name = "demo",
     .help = "serve an embedded example on unprivileged ports of 127.0.0.1",
     .apply = [](Options& options, const char*) -> base::Status { return options.is_demo = true, base::Status{}; }},
    {.name = "daemonize",
     .help = "leave the terminal once everything is bound",
     .apply = [](Options& options, const char*) -> base::Status { return options.daemonizes = true, base::Status{}; }},
    {.name = "pid-file",
     .argument = required_argument,
     .value = "FILE",
     .help = "write the pid there, instead of where the configuration says",
     .apply = [](Options& options, const char* argument) -> base::Status {
       return options.pid_file = argument, base::Status{};
     }},
    {.name = "schema",
     .help = "print the JSON Schema of the configuration and leave",
     .apply = &set_action<Action::schema>},
    {.name = "explain",
     .argument = optional_argument,
     .value = "ATTRIBUTE",
     .help = "print what the manual says of an attribute, or of all, and leave",
     .apply = &set_explain},
    {.name = "import",
     .argument = required_argument,
     .value = "FORMAT PATH",
     .help = "print services of xinetd, inetd or systemd as YAML, and leave",
     .apply = &set_import},
    {.name = "output",
     .argument = required_argument,
     .value = "DIRECTORY",
     .help = "of --import: write a file for each service there",
     .apply = [](Options& options, const char* argument) -> base::Status {
       return options.output = argument, base::Status{};
     }},
    {.name = "overwrite",
     .help = "of --import: also over files that are there",
     .apply = [](Options& options, const char*) -> base::Status { return options.overwrites = true, base::Status{}; }},
    {.name = "resolve", .apply = &set_action<Action::resolve>},
};

constexpr OptionRow kCommonRows[] = {
    {.name = "config",
     .argument = required_argument,
     .value = "FILE",
     .help = "configuration to serve (" PORTERD_CONFIG ")",
     .apply = [](Options& options, const char* argument) -> base::Status {
       options.is_config_given = true;
       return options.config = argument, base::Status{};
     }},
    {.name = "strict",
     .help = "any error in the configuration is fatal",
     .apply = [](Options& options, const char*) -> base::Status { return options.is_strict = true, base::Status{}; }},
    {.name = "check",
     .help = "read the configuration, say what is wrong with it, and leave: 0 good, 2 not",
     .apply = &set_action<Action::check>},
    {.name = "dump",
     .argument = optional_argument,
     .value = "yaml|json",
     .help = "print the configuration in force and leave",
     .apply = &set_dump},
    {.name = "version", .help = "print the version and leave", .apply = &set_action<Action::version>},
    {.name = "help", .help = "print this and leave", .apply = &set_action<Action::help>},
};

std::vector<OptionRow> all_rows() {
  std::vector<OptionRow> rows(std::begin(kCommonRows), std::end(kCommonRows));
  rows.insert(rows.begin() + 1, std::begin(kRows), std::end(kRows));
  return rows;
}

base::Status add_rest(Options& options, std::span<char* const> rest) {
  if (options.action == Action::resolve) {
    options.names.assign(rest.begin(), rest.end());
    return {};
  }
  // `--explain NAME` reads as well as `--explain=NAME`.
  if (options.action == Action::explain && options.attribute.empty() && rest.size() == 1) {
    options.attribute = rest.front();
    return {};
  }
  if (options.action == Action::import) {
    if (rest.size() != 1) return base::failure("--import=" + options.format + ": needs one PATH; see porterd --help");
    options.original = rest.front();
    return {};
  }
  if (!rest.empty())
    return base::failure(std::string(rest.front()) + ": porterd takes options only; see porterd --help");
  return {};
}

base::Result<Options> parse_own_options(std::span<char* const> arguments) {
  Options options;
  PORTERD_TRY_ASSIGN(const auto rest, apply_options(options, arguments, all_rows()));
  PORTERD_TRY(add_rest(options, rest));
  return options;
}

}  // namespace

std::span<const OptionRow> common_option_rows() { return kCommonRows; }

base::Result<Options> parse_options(std::span<char* const> arguments) {
  const auto role = role_of(arguments);
  switch (role.personality) {
    case Personality::porterd:
      return parse_own_options(arguments);
    case Personality::xinetd:
      return parse_xinetd_options(role.arguments);
    case Personality::inetd:
      return parse_inetd_options(role.arguments, role.dialect);
    case Personality::socket_activate:
      return parse_activate_options(role.arguments);
  }
  return parse_own_options(arguments);
}
std::string help_text(const Options& options) {
  if (!options.help.empty()) return options.help;
  return "usage: porterd [OPTION…]\nStarts on-demand services when a client connects.\n\n" + help_lines(all_rows()) +
         "\nSignals: HUP reloads, TERM and INT stop gracefully, USR1 logs the state. See porterd(8) and "
         "porterd.yaml(5).\n";
}

}  // namespace porterd::daemon
