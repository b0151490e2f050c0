// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.h"

#include <getopt.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace porterd::daemon {
namespace {

/// One option: what getopt_long(3) needs, what --help says, what it sets.
struct OptionRow {
  const char* name;
  int argument;       ///< no_argument, required_argument, optional_argument
  const char* value;  ///< its argument's name in --help
  const char* help;   ///< empty: not shown
  base::Status (*apply)(Options& options, const char* argument);
};

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

constexpr OptionRow kRows[] = {
    {"config", required_argument, "FILE", "configuration to serve (" PORTERD_CONFIG ")",
     [](Options& options, const char* argument) -> base::Status {
       options.is_config_given = true;
       return options.config = argument, base::Status{};
     }},
    {"xinetd", required_argument, "FILE", "also serve what this xinetd.conf says, with what it includes",
     [](Options& options, const char* argument) -> base::Status { return options.xinetd = argument, base::Status{}; }},
    {"inetd", required_argument, "FILE", "also serve what this inetd.conf says; may be given more than once",
     [](Options& options, const char* argument) -> base::Status {
       return options.inetd.emplace_back(argument), base::Status{};
     }},
    {"dialect", required_argument, "NAME", "whose inetd.conf it is: bsd, freebsd, netbsd, openbsd (Debian's) or gnu",
     &set_dialect},
    {"demo", no_argument, nullptr, "serve an embedded example on unprivileged ports of 127.0.0.1",
     [](Options& options, const char*) -> base::Status { return options.is_demo = true, base::Status{}; }},
    {"daemonize", no_argument, nullptr, "leave the terminal once everything is bound",
     [](Options& options, const char*) -> base::Status { return options.daemonizes = true, base::Status{}; }},
    {"pid-file", required_argument, "FILE", "write the pid there, instead of where the configuration says",
     [](Options& options, const char* argument) -> base::Status {
       return options.pid_file = argument, base::Status{};
     }},
    {"strict", no_argument, nullptr, "any error in the configuration is fatal",
     [](Options& options, const char*) -> base::Status { return options.is_strict = true, base::Status{}; }},
    {"check", no_argument, nullptr, "read the configuration, say what is wrong with it, and leave: 0 good, 2 not",
     &set_action<Action::check>},
    {"dump", optional_argument, "yaml|json", "print the configuration in force and leave", &set_dump},
    {"schema", no_argument, nullptr, "print the JSON Schema of the configuration and leave",
     &set_action<Action::schema>},
    {"explain", optional_argument, "ATTRIBUTE", "print what the manual says of an attribute, or of all, and leave",
     &set_explain},
    {"version", no_argument, nullptr, "print the version and leave", &set_action<Action::version>},
    {"help", no_argument, nullptr, "print this and leave", &set_action<Action::help>},
    {"resolve", no_argument, nullptr, "", &set_action<Action::resolve>},
};

std::array<option, std::size(kRows) + 1> long_options() {
  std::array<option, std::size(kRows) + 1> options{};
  for (std::size_t index = 0; index < std::size(kRows); ++index)
    options[index] = {
        .name = kRows[index].name, .has_arg = kRows[index].argument, .flag = nullptr, .val = static_cast<int>(index)};
  return options;
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
  if (!rest.empty())
    return base::failure(std::string(rest.front()) + ": porterd takes options only; see porterd --help");
  return {};
}

}  // namespace

base::Result<Options> parse_options(std::span<char* const> arguments) {
  Options options;
  const auto table = long_options();
  opterr = 0;
  optind = 0;
  const int count = static_cast<int>(arguments.size());
  for (;;) {
    const int current = optind == 0 ? 1 : optind;
    const int found =
        ::getopt_long(count, arguments.data(), ":", table.data(), nullptr);  // NOLINT(concurrency-mt-unsafe)
    if (found == -1) break;
    const std::string word = arguments[static_cast<std::size_t>(current)];
    if (found == '?') return base::failure(word + ": no such option; see porterd --help");
    if (found == ':') return base::failure(word + ": needs a value; see porterd --help");
    PORTERD_TRY(kRows[found].apply(options, optarg));
  }
  PORTERD_TRY(add_rest(options, arguments.subspan(static_cast<std::size_t>(optind))));
  return options;
}

std::string help_text() {
  constexpr std::size_t kColumn = 26;
  std::string text = "usage: porterd [OPTION…]\nStarts on-demand services when a client connects.\n\n";
  for (const auto& row : kRows) {
    if (*row.help == '\0') continue;
    std::string line = std::string("  --") + row.name;
    if (row.value != nullptr)
      line += row.argument == optional_argument ? std::string("[=") + row.value + "]" : std::string(" ") + row.value;
    line.resize(std::max(kColumn, line.size() + 1), ' ');
    text += line + row.help + "\n";
  }
  return text +
         "\nSignals: HUP reloads, TERM and INT stop gracefully, USR1 logs the state. See porterd(8) and "
         "porterd.yaml(5).\n";
}

}  // namespace porterd::daemon
