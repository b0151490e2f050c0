// SPDX-License-Identifier: Apache-2.0
#include "daemon/inetd_options.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "daemon/option_table.h"

namespace porterd::daemon {
namespace {

using config::InetdDialect;

constexpr std::uint8_t bit(InetdDialect dialect) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(dialect));
}
constexpr std::uint8_t kAny = bit(InetdDialect::any);
constexpr std::uint8_t kFreebsd = kAny | bit(InetdDialect::freebsd);
constexpr std::uint8_t kNetbsd = kAny | bit(InetdDialect::netbsd);
constexpr std::uint8_t kOpenbsd = kAny | bit(InetdDialect::openbsd) | bit(InetdDialect::bsd);
constexpr std::uint8_t kGnu = kAny | bit(InetdDialect::gnu);

base::Result<std::uint32_t> number(std::string_view option, const char* value) {
  const auto count = base::parse_unsigned(value);
  if (count && *count <= UINT32_MAX) return static_cast<std::uint32_t>(*count);
  return base::failure(std::string(option) + " " + value + ": needs a number");
}

base::Status set_debug(Options& options, const char* /*argument*/) {
  options.daemonizes = false;
  options.log = {.kind = config::LogTarget::Kind::standard_error, .path = {}};
  options.log_level = base::Level::debug;
  return {};
}

base::Status set_foreground(Options& options, const char* /*argument*/) {
  return options.daemonizes = false, base::Status{};
}

base::Status set_rate(Options& options, const char* argument) {
  PORTERD_TRY_ASSIGN(options.inetd_defaults.per_minute, number("-R", argument));
  return {};
}

base::Status set_backlog(Options& options, const char* argument) {
  PORTERD_TRY_ASSIGN(options.inetd_defaults.backlog, number("-q", argument));
  return {};
}

base::Status set_instances(Options& options, const char* argument) {
  PORTERD_TRY_ASSIGN(options.inetd_defaults.instances, number("-c", argument));
  return {};
}

base::Status set_per_source(Options& options, const char* argument) {
  PORTERD_TRY_ASSIGN(options.inetd_defaults.per_source, number("-s", argument));
  return {};
}

base::Status set_host(Options& options, const char* argument) {
  return options.inetd_defaults.host = argument, base::Status{};
}

base::Status set_pid_file(Options& options, const char* argument) {
  return options.pid_file = argument == nullptr ? "" : argument, base::Status{};
}

base::Status keep_environment(Options& options, const char* /*argument*/) {
  return options.inetd_defaults.keeps_environment = true, base::Status{};
}

base::Status tell_connection(Options& options, const char* /*argument*/) {
  options.inetd_defaults.tells_connection = true;
  return keep_environment(options, nullptr);
}

base::Status refuse_names(Options& options, const char* /*argument*/) {
  options.notices.emplace_back("--resolve: no name is looked up for an address; the addresses are told");
  return tell_connection(options, nullptr);
}

base::Status ask_wrappers(Options& options, const char* /*argument*/) {
  return options.inetd_defaults.asks_wrappers = true, base::Status{};
}

// porterd's own services are not asked about, whoever asks them.
base::Status note_wrappers(Options& options, const char* /*argument*/) {
  options.notices.emplace_back(
      "-w: hosts.allow and hosts.deny are not asked about services inside inetd; -W asks them about servers");
  return {};
}

// Every connection is logged as it is.
base::Status accept_logging(Options& /*options*/, const char* /*argument*/) { return {}; }

base::Status set_source_rate(Options& options, const char* argument) {
  PORTERD_TRY_ASSIGN(options.inetd_defaults.per_source_rate, number("-C", argument));
  return {};
}

constexpr OptionRow kRows[] = {
    {.name = "debug", .help = "stay in the foreground, log to standard error", .apply = &set_debug, .letter = 'd'},
    {.help = "leave servers the whole environment", .apply = &keep_environment, .letter = 'E', .whose = kOpenbsd},
    {.help = "stay in the foreground", .apply = &set_foreground, .letter = 'i', .whose = kOpenbsd},
    {.help = "ask hosts.allow and hosts.deny", .apply = &ask_wrappers, .letter = 'l', .whose = kOpenbsd | kNetbsd},
    {.help = "log connections", .apply = &accept_logging, .letter = 'l', .whose = bit(InetdDialect::freebsd)},
    {.argument = required_argument,
     .value = "LENGTH",
     .help = "how many connections may wait at a port",
     .apply = &set_backlog,
     .letter = 'q',
     .whose = kOpenbsd},
    {.name = "rate",
     .argument = required_argument,
     .value = "NUMBER",
     .help = "servers that a service may start in a minute",
     .apply = &set_rate,
     .letter = 'R',
     .whose = static_cast<std::uint8_t>(kOpenbsd | kFreebsd | kGnu)},
    {.help = "ask hosts.allow and hosts.deny about services inside inetd",
     .apply = &note_wrappers,
     .letter = 'w',
     .whose = kFreebsd},
    {.help = "ask hosts.allow and hosts.deny", .apply = &ask_wrappers, .letter = 'W', .whose = kFreebsd},
    {.argument = required_argument,
     .value = "NUMBER",
     .help = "servers of a service at a time",
     .apply = &set_instances,
     .letter = 'c',
     .whose = kFreebsd},
    {.argument = required_argument,
     .value = "NUMBER",
     .help = "connections of one address in a minute",
     .apply = &set_source_rate,
     .letter = 'C',
     .whose = kFreebsd},
    {.argument = required_argument,
     .value = "NUMBER",
     .help = "servers of a service for one address at a time",
     .apply = &set_per_source,
     .letter = 's',
     .whose = kFreebsd},
    {.argument = required_argument,
     .value = "ADDRESS",
     .help = "where to listen",
     .apply = &set_host,
     .letter = 'a',
     .whose = kFreebsd},
    {.argument = required_argument,
     .value = "FILE",
     .help = "write the pid there",
     .apply = &set_pid_file,
     .letter = 'p',
     .whose = kFreebsd},
    {.name = "pidfile",
     .argument = optional_argument,
     .value = "FILE",
     .help = "write the pid there, or nowhere",
     .apply = &set_pid_file,
     .whose = kAny},
    {.name = "pidfile",
     .argument = optional_argument,
     .value = "FILE",
     .help = "write the pid there, or nowhere",
     .apply = &set_pid_file,
     .letter = 'p',
     .whose = bit(InetdDialect::gnu)},
    {.name = "environment",
     .help = "tell servers of their connection in variables",
     .apply = &tell_connection,
     .whose = kGnu},
    {.name = "resolve", .help = "the same", .apply = &refuse_names, .whose = kGnu},
    {.name = "usage",
     .help = "print this and leave",
     .apply = [](Options& options, const char*) -> base::Status {
       return options.action = Action::help, base::Status{};
     },
     .whose = kGnu},
};

std::vector<OptionRow> rows_of(InetdDialect dialect) {
  std::vector<OptionRow> rows;
  for (const auto& row : kRows)
    if ((row.whose & bit(dialect)) != 0) rows.push_back(row);
  for (auto row : common_option_rows()) {
    const std::string_view name = row.name;
    if (dialect == InetdDialect::gnu && name == "version") row.letter = 'V';
    rows.push_back(row);
  }
  return rows;
}

// What an inetd is when its command line is empty.
Options usual_options(InetdDialect dialect) {
  Options options;
  options.personality = Personality::inetd;
  options.dialect = dialect;
  options.config.clear();
  options.log = {.kind = config::LogTarget::Kind::syslog, .path = {}};
  // A service manager that waits for a word from inetd itself wants no child of it.
  options.daemonizes = std::getenv("NOTIFY_SOCKET") == nullptr;  // NOLINT(concurrency-mt-unsafe)
  if (::geteuid() == 0) options.pid_file = "/run/inetd.pid";
  return options;
}

void take_files(Options& options, std::span<char* const> files) {
  options.inetd.assign(files.begin(), files.end());
  if (!options.inetd.empty()) return;
  if (options.dialect == InetdDialect::gnu)
    options.inetd_if_there = {"/etc/inetd.conf", "/etc/inetd.d"};
  else
    options.inetd = {"/etc/inetd.conf"};
}

}  // namespace

base::Result<Options> parse_inetd_options(std::span<char* const> arguments, InetdDialect dialect) {
  Options options = usual_options(dialect);
  const auto rows = rows_of(dialect);
  options.help =
      "usage: inetd [OPTION…] [FILE…]\nporterd in the place of inetd; see porterd(8).\n\n" + help_lines(rows);
  PORTERD_TRY_ASSIGN(const auto files, apply_options(options, arguments, rows));
  take_files(options, files);
  return options;
}

}  // namespace porterd::daemon
