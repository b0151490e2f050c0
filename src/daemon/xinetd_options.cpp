// SPDX-License-Identifier: Apache-2.0
#include "daemon/xinetd_options.h"

#include <syslog.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "daemon/option_table.h"

namespace porterd::daemon {
namespace {

using Kind = config::LogTarget::Kind;

struct Facility {
  std::string_view name;
  int number;
};
constexpr Facility kFacilities[] = {
    {"daemon", LOG_DAEMON}, {"auth", LOG_AUTH},     {"authpriv", LOG_AUTHPRIV}, {"user", LOG_USER},
    {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2},     {"local3", LOG_LOCAL3},
    {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6},     {"local7", LOG_LOCAL7},
};

constexpr char kHelp[] =
    "usage: xinetd [-d] [-f FILE] [-filelog FILE | -syslog FACILITY] [-limit N] [-pidfile FILE] [-stayalive]\n"
    "              [-dontfork] [-inetd_compat] [-version] [-reuse] [-cc N] [-logprocs N] [-shutdownprocs N]\n"
    "              [--config=FILE] [--strict] [--check] [--dump[=yaml|json]] [--help]\n"
    "porterd in the place of xinetd; see porterd(8).\n";

/// What is known only when all words have been seen.
struct Command {
  Options options;
  bool debugs = false;
  bool stays_in_foreground = false;
  bool stays_alive = false;
  bool has_file_log = false;
  bool has_syslog = false;
};

struct Word {
  std::string_view name;
  bool has_value;
  base::Status (*apply)(Command& command, std::string_view value);
};

base::Status set_facility(Command& command, std::string_view value) {
  const auto* const found = std::ranges::find_if(
      kFacilities, [&](const auto& facility) { return base::equal_ignoring_case(facility.name, value); });
  if (found == std::end(kFacilities))
    return base::failure("-syslog " + std::string(value) +
                         ": daemon, auth, authpriv, user or local0 to local7 is possible");
  command.has_syslog = true;
  command.options.log = {.kind = Kind::syslog, .facility = found->number, .path = {}};
  return {};
}

base::Status set_limit(Command& command, std::string_view value) {
  const auto number = base::parse_unsigned(value);
  if (!number || *number > UINT32_MAX)
    return base::failure("-limit " + std::string(value) + ": needs a number of processes");
  if (*number > 0) command.options.max_sessions = static_cast<std::uint32_t>(*number);
  return {};
}

template <bool Command::* member>
base::Status set(Command& command, std::string_view /*value*/) {
  return command.*member = true, base::Status{};
}

base::Status need_number(std::string_view name, std::string_view value) {
  if (base::parse_unsigned(value)) return {};
  return base::failure(std::string(name) + " " + std::string(value) + ": needs a number");
}

constexpr Word kWords[] = {
    {"-d", false, &set<&Command::debugs>},
    {"-f", true,
     [](Command& command, std::string_view value) -> base::Status {
       return command.options.xinetd = value, base::Status{};
     }},
    {"-filelog", true,
     [](Command& command, std::string_view value) -> base::Status {
       command.has_file_log = true;
       return command.options.log = {.kind = Kind::file, .path = std::string(value)}, base::Status{};
     }},
    {"-syslog", true, &set_facility},
    {"-limit", true, &set_limit},
    {"-pidfile", true,
     [](Command& command, std::string_view value) -> base::Status {
       return command.options.pid_file = value, base::Status{};
     }},
    {"-stayalive", false, &set<&Command::stays_alive>},
    {"-dontfork", false, &set<&Command::stays_in_foreground>},
    {"-inetd_compat", false,
     [](Command& command, std::string_view) -> base::Status {
       command.options.inetd_if_there = {"/etc/inetd.conf"};
       command.options.inetd_defaults.asks_wrappers = true;
       return command.options.dialect = config::InetdDialect::bsd, base::Status{};
     }},
    {"-version", false,
     [](Command& command, std::string_view) -> base::Status {
       return command.options.action = Action::version, base::Status{};
     }},
    // Addresses are always reused.
    {"-reuse", false, [](Command&, std::string_view) -> base::Status { return {}; }},
    {"-cc", true,
     [](Command& command, std::string_view value) -> base::Status {
       command.options.notices.emplace_back("-cc: porterd has no state that such checks could find wrong");
       return need_number("-cc", value);
     }},
    {"-logprocs", true,
     [](Command& command, std::string_view value) -> base::Status {
       command.options.notices.emplace_back("-logprocs: porterd starts no process to ask for a user's name");
       return need_number("-logprocs", value);
     }},
    {"-shutdownprocs", true,
     [](Command& command, std::string_view value) -> base::Status {
       command.options.notices.emplace_back("-shutdownprocs: porterd starts no process to shut a connection down");
       return need_number("-shutdownprocs", value);
     }},
};

// `words`: a program's name, then those that are porterd's own.
base::Status apply_common(Options& options, std::vector<char*> words) {
  const std::size_t count = words.size();
  words.push_back(nullptr);
  const auto rest = apply_options(options, std::span(words.data(), count), common_option_rows());
  return rest ? base::Status{} : std::unexpected(rest.error());
}

base::Status apply(Command& command, std::span<char* const> arguments) {
  static char name[] = "porterd";
  std::vector<char*> common{name};
  for (std::size_t index = 1; index < arguments.size(); ++index) {
    const std::string_view word = arguments[index];
    if (word.starts_with("--")) {
      common.push_back(arguments[index]);
      continue;
    }
    if (!word.starts_with('-')) return base::failure(std::string(word) + ": xinetd takes options only; see porterd(8)");
    const auto* const found = std::ranges::find(kWords, word, &Word::name);
    if (found == std::end(kWords)) {
      command.options.notices.push_back(std::string(word) + ": not an option of xinetd; passed over, as xinetd does");
      continue;
    }
    if (found->has_value && index + 1 == arguments.size()) return base::failure(std::string(word) + ": needs a value");
    PORTERD_TRY(found->apply(command, found->has_value ? arguments[++index] : ""));
  }
  return apply_common(command.options, std::move(common));
}

}  // namespace

base::Result<Options> parse_xinetd_options(std::span<char* const> arguments) {
  Command command;
  auto& options = command.options;
  options.personality = Personality::xinetd;
  options.config.clear();
  options.xinetd = "/etc/xinetd.conf";
  options.help = kHelp;
  options.log_format = config::LogFormat::xinetd;
  options.dump_file = "/run/xinetd.dump";
  PORTERD_TRY(apply(command, arguments));
  if (command.has_syslog && command.has_file_log) return base::failure("-syslog and -filelog exclude each other");
  if (!options.log) options.log = {.kind = Kind::syslog, .path = {}};
  options.daemonizes = !command.debugs && !command.stays_in_foreground;
  options.needs_services = !command.stays_alive && !command.stays_in_foreground;
  options.is_interrupted = command.debugs;
  if (!command.debugs) return std::move(options);
  options.log = {.kind = Kind::standard_error, .path = {}};
  options.log_level = base::Level::debug;
  options.pid_file.clear();
  return std::move(options);
}

}  // namespace porterd::daemon
