// SPDX-License-Identifier: Apache-2.0
//
// The rows of porterd.yaml's own settings.
#include "config/codecs_account.h"
#include "config/codecs_log.h"
#include "config/table_rows.h"

namespace porterd::config {
namespace {

/// `main` would mean itself here.
struct MainLogCodec : LogTargetCodec {
  static constexpr std::string_view kForm = "none, stderr, journal, syslog [FACILITY [LEVEL]] or file PATH";
  static Parsed<LogTarget> parse(const Value& value, const Context& context) {
    auto target = LogTargetCodec::parse(value, context);
    if (target && target->kind == LogTarget::Kind::main) return reject(value, "'main' is the log that is set here");
    return target;
  }
};

constexpr GlobalAttribute kRows[] = {
    row<Field<&Global::include, ListOf<Text>>>(
        {.name = "include",
         .line = "files of services to read, as glob(7) patterns",
         .more =
             "A pattern that does not begin with / is relative to the directory of porterd.yaml. Each pattern's files "
             "are "
             "read in the order of their names. Without this setting conf.d/*.yaml is read; [] reads nothing more."},
        "a pattern or a list of them"),
    row<Field<&Global::log_type, MainLogCodec>>({.name = "log_type",
                                                 .touches = Touches::log,
                                                 .line = "where porterd logs",
                                                 .more = "Services whose log_type is main log there too. A file is "
                                                         "opened again on SIGHUP, so that it can be rotated."}),
    row<Field<&Global::log_format, Enum<LogFormat>>>(
        {.name = "log_format",
         .touches = Touches::log,
         .line = "form of the records: key=value text, JSON, or the lines that xinetd writes",
         .more = "xinetd_mapped is xinetd with IPv4 addresses as ::ffff:192.0.2.1. Services may have another form."},
        "text, json, xinetd or xinetd_mapped"),
    row<Field<&Global::log_level, Enum<base::Level>>>(
        {.name = "log_level", .touches = Touches::log, .line = "least severe records that are written"},
        "error, warning, notice, info or debug"),
    row<Field<&Global::pid_file, OptionalPath>>(
        {.name = "pid_file", .line = "file that holds porterd's process number while it runs"}),
    row<Field<&Global::penalty_file, OptionalPath>>(
        {.name = "penalty_file",
         .line = "file in which those whom a sensor has caught are kept over a restart",
         .more = "Its folder is made when it is missing. Read at the start; written when there is a sensor."}),
    row<Field<&Global::dump_file, OptionalPath>>(
        {.name = "dump_file",
         .line = "file that SIGUSR1 appends the state of porterd, its services and their servers to"}),
    row<Field<&Global::drain_timeout, Duration>>(
        {.name = "drain_timeout",
         .line = "how long sessions may go on after SIGTERM before they are sent SIGTERM themselves"}),
    row<Field<&Global::kill_timeout, Duration>>(
        {.name = "kill_timeout", .line = "how long sessions may go on after their SIGTERM before they are killed"}),
    row<Field<&Global::resolve_interval, Duration>>(
        {.name = "resolve_interval",
         .touches = Touches::admission,
         .line = "how often host names in only_from and no_access are looked up again",
         .more = "They are looked up in the background; a client never waits for it."}),
    row<Field<&Global::max_sessions, OrUnlimited<Count>>>(
        {.name = "max_sessions",
         .touches = Touches::admission,
         .line = "how many sessions there may be at a time, of all services together"}),
    row<Field<&Global::launch, Enum<LaunchMethod>>>(
        {.name = "launch",
         .touches = Touches::spawn,
         .line = "how servers are started: by clone(2), or by fork(2) as a fallback"},
        "clone or fork"),
    row<Field<&Global::workers, Number<std::uint32_t, 1, 64>>>(
        {.name = "workers",
         .line = "how many porterd-workers may run at a time",
         .more = "A worker serves what porterd serves itself, as an unprivileged process without files. One is started "
                 "when it is needed, and another one while all are busy."},
        "a whole number from 1 to 64"),
    row<Field<&Global::worker_user, Optional<UserCodec>>>(
        {.name = "worker_user",
         .line = "user that workers run as",
         .more =
             "Without it porterd-worker, and nobody where there is no such user. Without root it is porterd's own."}),
    row<Field<&Global::worker_idle, Duration>>(
        {.name = "worker_idle", .line = "how long a worker stays that has nothing to do"}),
    row<Field<&Global::worker_path, OptionalPath>>(
        {.name = "worker_path", .line = "another program than the porterd-worker that came with porterd"}),
};

const NameIndex<Global>& name_index() {
  static const NameIndex<Global> index(kRows);
  return index;
}

}  // namespace

std::span<const GlobalAttribute> global_attributes() { return kRows; }
const GlobalAttribute* find_global_attribute(std::string_view name) { return name_index().find(name); }
std::span<const std::string_view> global_attribute_names() { return name_index().names(); }

}  // namespace porterd::config
