// SPDX-License-Identifier: Apache-2.0
//
// The rows of a service's attributes, in the manual's order.
#include "config/codecs_access.h"
#include "config/codecs_account.h"
#include "config/codecs_listen.h"
#include "config/codecs_log.h"
#include "config/codecs_worker.h"
#include "config/table_rows.h"

namespace porterd::config {
namespace {

constexpr auto kYes = InDefaults::yes;
constexpr auto kSet = Operators::set;

// The shape of the sixteen resource limits.
template <int kResource, LimitUnit kUnit>
constexpr ServiceAttribute limit_row(std::string_view name, std::string_view line) {
  return row<Limit<kResource, kUnit>>(
      {.name = name,
       .in_defaults = kYes,
       .touches = Touches::spawn,
       .line = line,
       .more = "See setrlimit(2). One value sets the soft and the hard limit, SOFT:HARD sets them apart."},
      limit_form(kUnit));
}

using Port = Number<std::uint16_t, 1, 65535>;
using Nice = Number<int, -20, 19>;
using Backlog = Number<std::uint32_t, 0, 65535>;
using AccessEntries = ListOf<AccessEntryCodec>;

constexpr ServiceAttribute kRows[] = {
    row<Field<&Service::service, ServiceName>>(
        {.name = "service",
         .touches = Touches::log,
         .line = "name of the service",
         .more =
             "Also looked for in services(5) when neither port nor listen is given. Without it, the name of the file "
             "without .yaml is taken."}),
    row<Field<&Service::id, ServiceName>>(
        {.name = "id",
         .touches = Touches::log,
         .line = "name by which logs and drop-ins know the service; unique",
         .more = "The same as service when not given. Needed where a service is configured twice, as for stream and "
                 "dgram."}),
    row<Field<&Service::disable, YesNo>>(
        {.name = "disable",
         .in_defaults = kYes,
         .line = "whether the service is left out",
         .more = "A disabled service is read, but mistakes in it are warnings and nothing is looked up for it."}),
    row<Field<&Service::socket_type, Enum<SocketType>>>(
        {.name = "socket_type", .touches = Touches::listener, .line = "type of the socket; dgram needs wait: yes"},
        "stream, dgram or seqpacket"),
    row<Field<&Service::protocol, Optional<Enum<Protocol>>>>(
        {.name = "protocol",
         .touches = Touches::listener,
         .line = "what carries the service",
         .more = "tcp and udp listen on an IPv4 and an IPv6 socket each, tcp4, tcp6, udp4 and udp6 on one. Without it, "
                 "stream "
                 "means tcp, dgram means udp, and a service that listens on UNIX sockets alone is unix."},
        "tcp, tcp4, tcp6, udp, udp4, udp6 or unix"),
    row<Field<&Service::port, Optional<Port>>>(
        {.name = "port",
         .touches = Touches::listener,
         .line = "port to listen on, at the address that bind gives or at every address",
         .more = "Not together with listen."},
        "a port from 1 to 65535"),
    row<Field<&Service::bind, Optional<BindCodec>>>(
        {.name = "bind",
         .alias = "interface",
         .in_defaults = kYes,
         .touches = Touches::listener,
         .line = "address or host's name to listen at, where port or listen names none",
         .more = "An address that the machine does not have yet is bound as soon as it appears. A name stands for the "
                 "addresses that it has when the configuration is read."}),
    row<SetField<&Service::listen, ListOf<ListenCodec>>>(
        {.name = "listen",
         .operators = kSet,
         .touches = Touches::listener,
         .line = "where to listen: one place or a list of them",
         .more =
             "A port (79), an address or a host's name with a port (\"127.0.0.1:79\", \"[::1]:79\"), a network device "
             "with a port "
             "(\"%eth0:79\", "
             "\"192.0.2.1%eth0:79\"), a name from services(5) instead of a port, the path of a UNIX socket, \"@name\" "
             "in the "
             "abstract name space, or {path, owner, group, mode}. Forms that begin with [, % or @ need quotes in YAML. "
             "A port without an address listens with IPv4 and IPv6, on two sockets."}),
    row<Field<&Service::rpc, Optional<RpcCodec>>>(
        {.name = "rpc",
         .touches = Touches::listener,
         .line = "RPC program that the service is, with its versions: registered with rpcbind(8)",
         .more = "rquotad/1-2 or 100011/1. Without port and listen the kernel chooses the port."}),
    row<Field<&Service::backlog, Backlog>>(
        {.name = "backlog",
         .in_defaults = kYes,
         .touches = Touches::listener,
         .line = "how many connections may wait to be accepted",
         .more = "0, the default, is as many as the kernel allows (net.core.somaxconn)."},
        "a whole number from 0 to 65535"),
    row<Field<&Service::freebind, YesNo>>(
        {.name = "freebind",
         .in_defaults = kYes,
         .touches = Touches::listener,
         .line = "whether an address is bound that the machine does not have (IP_FREEBIND)"}),
    row<Field<&Service::keepalive, YesNo>>({.name = "keepalive",
                                            .in_defaults = kYes,
                                            .touches = Touches::listener,
                                            .line = "whether dead peers are noticed by probes (SO_KEEPALIVE)"}),
    row<Field<&Service::nodelay, YesNo>>({.name = "nodelay",
                                          .in_defaults = kYes,
                                          .touches = Touches::listener,
                                          .line = "whether small packets are sent at once (TCP_NODELAY)"}),

    row<Field<&Service::server, AbsolutePath>>(
        {.name = "server",
         .touches = Touches::spawn,
         .line = "program to run, as an absolute path; required where there is no builtin"}),
    row<Field<&Service::builtin, Optional<Enum<Builtin>>>>(
        {.name = "builtin",
         .touches = Touches::spawn,
         .line = "what porterd serves itself, instead of a server",
         .more = "echo, discard, chargen, daytime, time and qotd are those of RFC 862 to 868, as stream or dgram; "
                 "respond gives a fixed answer; tcpmux lets clients name a service (RFC 1078)."},
        "echo, discard, chargen, daytime, time, qotd, respond or tcpmux"),
    row<Field<&Service::answer, Optional<AnswerCodec>>>(
        {.name = "answer",
         .touches = Touches::spawn,
         .line = "what builtin respond and qotd say",
         .more = "A text, or {text, file, status, type}: with a status respond gives an HTTP response. A file is read "
                 "when the configuration is. For qotd lines of % separate quotations, one of which is given."}),
    row<Field<&Service::daytime_form, Enum<DaytimeForm>>>(
        {.name = "daytime_form",
         .touches = Touches::spawn,
         .line = "how builtin daytime writes the time: as xinetd does, or as the inetds do"},
        "xinetd or inetd"),
    row<SetField<&Service::redirect, ListOf<TargetCodec>>>(
        {.name = "redirect",
         .operators = kSet,
         .touches = Touches::spawn,
         .line = "where connections are passed on to, instead of a server; several are tried in turn",
         .more = "A host and a port, the path of a UNIX socket, or \"@name\" in the abstract name space. IPv4 and IPv6 "
                 "go to one another. Names are looked up while the service runs."}),
    row<Field<&Service::redirect_proxy, YesNo>>(
        {.name = "redirect_proxy",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "whether the target is told who the client is, by a PROXY protocol header (version 2)"}),
    row<Field<&Service::redirect_timeout, Duration>>({.name = "redirect_timeout",
                                                      .in_defaults = kYes,
                                                      .touches = Touches::spawn,
                                                      .line = "how long an address of a target may take to connect"}),
    row<Field<&Service::tcpmux, Enum<Tcpmux>>>(
        {.name = "tcpmux",
         .touches = Touches::spawn,
         .line = "whether clients of builtin tcpmux can name the service",
         .more =
             "yes: the server answers \"+\" itself. plus: porterd says \"+Go\" for it. Such a service needs no port "
             "of its own."},
        "no, yes or plus"),
    row<Field<&Service::server_args, Arguments>>(
        {.name = "server_args",
         .touches = Touches::spawn,
         .line = "its arguments, without argv[0]",
         .more =
             "A list keeps each item as one argument; a single text is split at blanks, and no shell looks at it."}),
    row<Field<&Service::argv0, Optional<Text>>>({.name = "argv0",
                                                 .touches = Touches::spawn,
                                                 .line = "its argv[0]; the last component of server when not given"}),
    row<Field<&Service::wait, YesNo>>(
        {.name = "wait",
         .touches = Touches::spawn,
         .line = "whether the server gets the listening socket itself and accepts for itself",
         .more = "no: porterd accepts, and runs one server for each connection. yes: one server gets the listening "
                 "socket when "
                 "something arrives, and porterd listens again when that server has ended."}),
    row<Field<&Service::pass, Enum<Pass>>>(
        {.name = "pass",
         .touches = Touches::spawn,
         .line = "how the server gets its socket",
         .more = "stdio: as descriptors 0 and 1. listen_fds: as descriptor 3 with LISTEN_FDS=1, as sd_listen_fds(3) "
                 "expects it: the listening socket with wait: yes, else the connection."},
        "stdio or listen_fds"),
    row<Field<&Service::standard_error, ErrorStreamCodec>>(
        {.name = "stderr",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "where the server's descriptor 2 goes",
         .more = "log: into porterd's log, line by line. socket: to the client, as inetd has it. inherit: where "
                 "porterd's own "
                 "goes. null: nowhere. file PATH: appended to that file."}),
    row<Field<&Service::user, Optional<UserCodec>>>({.name = "user",
                                                     .in_defaults = kYes,
                                                     .touches = Touches::spawn,
                                                     .line = "user that the server runs as",
                                                     .more = "Required when porterd runs as root. A number needs no "
                                                             "account. Without root only porterd's own is possible."}),
    row<Field<&Service::group, Optional<GroupCodec>>>(
        {.name = "group",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "group that the server runs as; the user's when not given"}),
    row<Field<&Service::groups, GroupsCodec>>(
        {.name = "groups",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "supplementary groups of the server",
         .more =
             "yes: those that the user is in. all: the user's own group too, where group is another. no: none. Or just "
             "the listed ones."}),
    row<Field<&Service::environment, Enum<EnvironmentBase>>>(
        {.name = "environment",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "what the server's environment begins with",
         .more =
             "account: PATH, HOME, USER, LOGNAME and SHELL of its user. inherit: all that porterd was started with. "
             "laundered: the same without what describes a login. none: nothing. passenv and env come on top."},
        "account, inherit, laundered or none"),
    row<Field<&Service::connection_env, Enum<ConnectionVariables>>>(
        {.name = "connection_env",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "environment variables that tell the server about its connection",
         .more = "all: see porterd(8). remote_host: REMOTE_HOST alone, as xinetd has it. ucspi: PROTO and the TCP "
                 "addresses and ports. none: none."},
        "all, remote_host, ucspi or none"),
    row<EnvironmentField>({.name = "env",
                           .in_defaults = kYes,
                           .operators = kSet,
                           .touches = Touches::spawn,
                           .line = "environment variables for the server",
                           .more = "+= adds to those that are set and replaces the ones of the same name, -= takes "
                                   "names. They replace what environment and "
                                   "passenv give; what connection_env adds is not to be set here."}),
    row<SetField<&Service::passenv, ListOf<VariableName>>>(
        {.name = "passenv",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::spawn,
         .line = "environment variables that the server gets as porterd has them"},
        "names of environment variables"),
    row<Field<&Service::working_directory, AbsolutePath>>({.name = "working_directory",
                                                           .in_defaults = kYes,
                                                           .touches = Touches::spawn,
                                                           .line = "directory that the server starts in"}),
    row<Field<&Service::umask, Optional<Octal>>>(
        {.name = "umask",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "mode bits that files of the server do not get, umask(2); octal, 022 when not given"}),
    row<Field<&Service::nice, Optional<Nice>>>({.name = "nice",
                                                .in_defaults = kYes,
                                                .touches = Touches::spawn,
                                                .line = "scheduling priority of the server, -20 (most) to 19, nice(2)"},
                                               "a number from -20 to 19"),
    limit_row<RLIMIT_AS, LimitUnit::bytes>("rlimit_as", "address space of the server"),
    limit_row<RLIMIT_CORE, LimitUnit::bytes>("rlimit_core", "size of a core dump"),
    limit_row<RLIMIT_CPU, LimitUnit::seconds>("rlimit_cpu", "processor time of a process"),
    limit_row<RLIMIT_DATA, LimitUnit::bytes>("rlimit_data", "data segment of a process"),
    limit_row<RLIMIT_FSIZE, LimitUnit::bytes>("rlimit_fsize", "size of a file that is written"),
    limit_row<RLIMIT_NOFILE, LimitUnit::number>("rlimit_files", "open descriptors of a process"),
    limit_row<RLIMIT_MEMLOCK, LimitUnit::bytes>("rlimit_memlock", "memory that is locked"),
    limit_row<RLIMIT_MSGQUEUE, LimitUnit::bytes>("rlimit_msgqueue", "POSIX message queues of the user"),
    limit_row<RLIMIT_NICE, LimitUnit::number>("rlimit_nice", "ceiling for nice, as 20 minus the nice value"),
    limit_row<RLIMIT_NPROC, LimitUnit::number>("rlimit_nproc", "processes of the user"),
    limit_row<RLIMIT_RSS, LimitUnit::bytes>("rlimit_rss", "resident memory; without effect since Linux 2.4.30"),
    limit_row<RLIMIT_RTPRIO, LimitUnit::number>("rlimit_rtprio", "ceiling for real-time priority"),
    limit_row<RLIMIT_RTTIME, LimitUnit::microseconds>("rlimit_rttime",
                                                      "processor time in real-time scheduling without a blocking call"),
    limit_row<RLIMIT_SIGPENDING, LimitUnit::number>("rlimit_sigpending", "queued signals of the user"),
    limit_row<RLIMIT_STACK, LimitUnit::bytes>("rlimit_stack", "stack of a process"),

    row<Field<&Service::instances, OrUnlimited<Maximum>>>({.name = "instances",
                                                           .in_defaults = kYes,
                                                           .touches = Touches::admission,
                                                           .line = "how many sessions the service may have at a time"}),
    row<Field<&Service::per_source, OrUnlimited<SourceLimitCodec>>>(
        {.name = "per_source",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "how many sessions one source may have at a time",
         .more = "A source is an IPv4 address or an IPv6 /64; {limit: 10, ipv4: 24, ipv6: 56} says otherwise."}),
    row<Field<&Service::cps, OrUnlimited<RateCodec>>>(
        {.name = "cps",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "connections per second, minute or hour that the service takes",
         .more = "A token bucket of `burst` that fills at `rate`. What is beyond it waits in the backlog (excess: "
                 "hold), is closed "
                 "with a record (refuse), or closes the port for `wait` (disable), as in xinetd."}),
    row<Field<&Service::cps_per_source, OrUnlimited<SourceRateCodec>>>(
        {.name = "cps_per_source",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "connections per second, minute or hour that the service takes from one source",
         .more = "What is beyond it is closed with a record. A source is an IPv4 address or an IPv6 /64."}),
    row<OnlyFrom<AccessEntries>>(
        {.name = "only_from",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::admission,
         .line = "who may connect; everybody when not given, nobody when []",
         .more = "Addresses, prefixes (10.0.0.0/8, 2001:db8::/32) and host names. An address that is in only_from and "
                 "in no_access is decided by the longest prefix; equal ones refuse."}),
    row<SetField<&Service::no_access, AccessEntries>>(
        {.name = "no_access",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::admission,
         .line = "who may not connect",
         .more = "As only_from. A host name that cannot be looked up refuses everybody."}),
    row<SetField<&Service::access_times, ListOf<TimeRangeCodec>>>(
        {.name = "access_times",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::admission,
         .line = "times of day, local time, at which connections are served",
         .more = "HH:MM-HH:MM, both included; 22:00-06:00 passes midnight. Always when not given."}),
    row<Field<&Service::max_load, OrUnlimited<Fraction>>>(
        {.name = "max_load",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "1-minute load average from which on connections are refused"}),
    row<Field<&Service::libwrap, WrapperName>>(
        {.name = "libwrap",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "whether hosts.allow and hosts.deny are asked, hosts_access(5)",
         .more =
             "yes: under the server's name, as argv0 or server has it. Or the name that the files have for it. They "
             "are asked last, in the server's process."}),

    row<Field<&Service::ident_only, YesNo>>(
        {.name = "ident_only",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "whether a client gets in only when its ident server says whose its connection is (RFC 1413)",
         .more = "The answer can be anything: it is as good as the client's machine is trusted."}),
    row<Field<&Service::ident_timeout, Duration>>(
        {.name = "ident_timeout",
         .in_defaults = kYes,
         .touches = Touches::admission,
         .line = "how long an ident server may take to answer, for ident_only and for userid in the log"}),

    row<Field<&Service::intercept, YesNo>>(
        {.name = "intercept",
         .touches = Touches::spawn,
         .line = "whether with wait: yes each client is checked by itself, and relayed to the server",
         .more = "The server has a socket of its own on the loopback address, and sees clients from there."}),
    row<Field<&Service::intercept_idle, Duration>>(
        {.name = "intercept_idle",
         .in_defaults = kYes,
         .touches = Touches::spawn,
         .line = "how long a client of intercepted datagrams is remembered that neither sends nor is sent any"}),

    row<Field<&Service::sensor, YesNo>>(
        {.name = "sensor",
         .touches = Touches::admission,
         .line = "whether nobody is served and whoever connects is refused by all services for deny_time",
         .more = "It needs no server. For datagrams, whose source can be forged, it only records."}),
    row<Field<&Service::deny_time, DenyTime>>({.name = "deny_time",
                                               .in_defaults = kYes,
                                               .touches = Touches::admission,
                                               .line = "for how long a sensor's clients are refused by all services",
                                               .more = "never only records them."}),

    row<Field<&Service::banner, OptionalPath>>({.name = "banner",
                                                .in_defaults = kYes,
                                                .touches = Touches::log,
                                                .line = "file that every client is sent first"}),
    row<Field<&Service::banner_success, OptionalPath>>({.name = "banner_success",
                                                        .in_defaults = kYes,
                                                        .touches = Touches::log,
                                                        .line = "file that a client is sent when it is served"}),
    row<Field<&Service::banner_fail, OptionalPath>>({.name = "banner_fail",
                                                     .in_defaults = kYes,
                                                     .touches = Touches::log,
                                                     .line = "file that a client is sent when it is refused"}),
    row<Field<&Service::banner_timeout, Duration>>(
        {.name = "banner_timeout",
         .in_defaults = kYes,
         .touches = Touches::log,
         .line = "how long a client may take to read a banner that is larger than a socket's buffer"}),
    row<Field<&Service::log_type, LogTargetCodec>>({.name = "log_type",
                                                    .in_defaults = kYes,
                                                    .touches = Touches::log,
                                                    .line = "where records of this service go",
                                                    .more = "main, the default, is where porterd itself logs."}),
    row<Field<&Service::log_format, Optional<Enum<LogFormat>>>>(
        {.name = "log_format",
         .in_defaults = kYes,
         .touches = Touches::log,
         .line = "form of the records of this service; that of porterd's own log when not given",
         .more = "xinetd and xinetd_mapped are the lines START, EXIT and FAIL that xinetd writes."},
        "text, json, xinetd or xinetd_mapped"),
    row<SetField<&Service::log_on_success, LogFieldsCodec<kSuccessFields>>>(
        {.name = "log_on_success",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::log,
         .line = "what records of served connections show",
         .more = "With none there are no such records."}),
    row<SetField<&Service::log_on_failure, LogFieldsCodec<kFailureFields>>>(
        {.name = "log_on_failure",
         .in_defaults = kYes,
         .operators = kSet,
         .touches = Touches::log,
         .line = "what records of refused connections show",
         .more = "With none there are no such records."}),
    row<Field<&Service::marks, ListOf<Enum<XinetdMark>>>>(
        {.name = "xinetd_marks",
         .touches = Touches::nothing,
         .line = "words of xinetd.conf that mean nothing to porterd",
         .more = "Only --dump=json shows them. --import writes them, so that what was imported can be compared with "
                 "what it was made from."},
        "a list of unlisted, common_log, noretry, nolibwrap and idonly"),
};

const NameIndex<Service>& name_index() {
  static const NameIndex<Service> index(kRows);
  return index;
}

}  // namespace

std::span<const ServiceAttribute> service_attributes() { return kRows; }
const ServiceAttribute* find_service_attribute(std::string_view name) { return name_index().find(name); }
std::span<const std::string_view> service_attribute_names() { return name_index().names(); }

}  // namespace porterd::config
