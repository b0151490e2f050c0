// SPDX-License-Identifier: Apache-2.0
//
// The configuration as a value: plain typed fields, resolved and checked, and nothing of run time.
// Every default stands at its field. The table (table.h) has one row for each field that can be set;
// attributes keep xinetd.conf(5)'s name where the meaning is the same.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/level.h"
#include "config/document.h"

namespace porterd::config {

enum class SocketType : std::uint8_t { stream, dgram, seqpacket };
inline constexpr std::string_view kSocketTypeNames[] = {"stream", "dgram", "seqpacket"};
constexpr std::span<const std::string_view> enum_names(SocketType) { return kSocketTypeNames; }

/// What carries the service. tcp and udp mean both families, as two sockets.
enum class Protocol : std::uint8_t { tcp, tcp4, tcp6, udp, udp4, udp6, local };
inline constexpr std::string_view kProtocolNames[] = {"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix"};
constexpr std::span<const std::string_view> enum_names(Protocol) { return kProtocolNames; }

/// An account, looked up when the configuration was read.
struct User {
  std::string name;  ///< as configured: a name or a number
  uid_t uid = 0;
  gid_t gid = 0;      ///< its primary group
  std::string home;   ///< "/" when the number has no account
  std::string shell;  ///< "/bin/sh" when the number has no account
  friend bool operator==(const User&, const User&) = default;
};

struct Group {
  std::string name;  ///< as configured
  gid_t gid = 0;
  friend bool operator==(const Group&, const Group&) = default;
};

/// Supplementary groups of the server.
struct Groups {
  enum class Kind : std::uint8_t {
    none,
    of_user,  ///< those that its user is in; its group takes the place of the user's own
    all,      ///< and the user's own too
    listed,
  };
  Kind kind = Kind::of_user;
  std::vector<Group> listed;
  friend bool operator==(const Groups&, const Groups&) = default;
};

/// One place to listen at.
struct ListenAddress {
  /// An endpoint without an address means both families (or the one that `protocol` names).
  struct Port {
    std::optional<base::IpAddress> address{};
    std::uint16_t port = 0;
    std::string device{};  ///< SO_BINDTODEVICE, or empty
    std::string name{};    ///< of services(5) instead of a number; worked in and empty after compile()
    std::string host{};    ///< a name instead of the address; after compile() a place for each of its addresses
    friend bool operator==(const Port&, const Port&) = default;
  };
  /// A UNIX socket; owner, group and mode apply to a path only.
  struct Local {
    base::UnixAddress address;
    std::optional<User> owner{};   ///< porterd's own when not set
    std::optional<Group> group{};  ///< porterd's own when not set
    mode_t mode = 0666;
    friend bool operator==(const Local& one, const Local& other) {
      return one.address == other.address && one.owner == other.owner && one.group == other.group &&
             one.mode == other.mode;
    }
  };
  std::variant<Port, Local> at;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// An address of this machine, or a host's name that stands for one or some.
using BindAddress = std::variant<base::IpAddress, std::string>;

/// setrlimit(2). RLIM_INFINITY is "unlimited".
struct ResourceLimit {
  int resource = 0;  ///< RLIMIT_*
  rlim_t soft = RLIM_INFINITY;
  rlim_t hard = RLIM_INFINITY;
  friend bool operator==(const ResourceLimit&, const ResourceLimit&) = default;
};

/// What happens to connections beyond `cps`.
enum class Excess : std::uint8_t {
  hold,     ///< they wait in the backlog; the port stays open
  refuse,   ///< accepted and closed, with a record
  disable,  ///< the port is closed for `wait`, as xinetd does
};
inline constexpr std::string_view kExcessNames[] = {"hold", "refuse", "disable"};
constexpr std::span<const std::string_view> enum_names(Excess) { return kExcessNames; }

/// Connections per second, minute or hour, as a token bucket.
struct ConnectionRate {
  std::uint32_t rate = 0;   ///< tokens in `per`, at least 1
  std::uint32_t burst = 0;  ///< the bucket's size, at least 1
  Excess excess = Excess::hold;
  std::chrono::milliseconds wait{10'000};  ///< how long `disable` lasts
  std::chrono::seconds per{1};             ///< 1s, 1m or 1h; 1s whenever the rate is a whole number a second
  friend bool operator==(const ConnectionRate&, const ConnectionRate&) = default;
};

/// Live sessions that one source may have. A source is a prefix.
struct SourceLimit {
  std::uint32_t limit = 0;  ///< 0 admits nobody
  std::uint8_t ipv4_prefix = 32;
  std::uint8_t ipv6_prefix = 64;
  friend bool operator==(const SourceLimit&, const SourceLimit&) = default;
};

/// A host name in an access list: resolved in the background, never while a client waits.
struct HostName {
  std::string name;
  friend bool operator==(const HostName&, const HostName&) = default;
};
using AccessEntry = std::variant<base::Prefix, HostName>;
using AccessList = std::vector<AccessEntry>;

/// Minutes since midnight, local time, both inclusive; first > last passes midnight.
struct TimeRange {
  std::uint16_t first = 0;  ///< 0-1439
  std::uint16_t last = 0;   ///< 0-1439
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// A program of RPC (RFC 5531) that rpcbind(8) is to know, with all versions from `first` to `last`.
struct RpcProgram {
  std::string name;  ///< as configured: a name of rpc(5) or a number
  std::uint32_t number = 0;
  std::uint32_t first = 1;
  std::uint32_t last = 1;
  friend bool operator==(const RpcProgram&, const RpcProgram&) = default;
};

/// The form of records.
enum class LogFormat : std::uint8_t {
  text,           ///< key=value
  json,           ///< an object a line
  xinetd,         ///< the lines of xinetd's logs
  xinetd_mapped,  ///< the same, with IPv4 addresses as xinetd's IPv6 sockets show them: ::ffff:192.0.2.1
};
inline constexpr std::string_view kLogFormatNames[] = {"text", "json", "xinetd", "xinetd_mapped"};
constexpr std::span<const std::string_view> enum_names(LogFormat) { return kLogFormatNames; }

/// Where records go.
struct LogTarget {
  enum class Kind : std::uint8_t { main, none, standard_error, syslog, journal, file };
  Kind kind = Kind::main;        ///< main: where the daemon itself logs
  int facility = 3 << 3;         ///< LOG_DAEMON, syslog(3); only for syslog
  int level = 6;                 ///< LOG_INFO; of records that report success
  std::string path;              ///< only for file
  std::uint64_t soft_limit = 0;  ///< only for file: the size in bytes from which on it is complained about; 0: none
  std::uint64_t hard_limit = 0;  ///< with a soft limit, never less: the size beyond which nothing more is written
  friend bool operator==(const LogTarget&, const LogTarget&) = default;
};

/// What a record of success or of refusal shows, in xinetd.conf(5)'s words; bits in that order.
enum class LogField : std::uint8_t { pid, host, userid, exit, duration, traffic, attempt };
inline constexpr std::string_view kLogFieldNames[] = {"pid",      "host",    "userid", "exit",
                                                      "duration", "traffic", "attempt"};
constexpr std::span<const std::string_view> enum_names(LogField) { return kLogFieldNames; }
using LogFields = std::uint8_t;  ///< one bit for each LogField
[[nodiscard]] constexpr LogFields log_field(LogField field) {
  return static_cast<LogFields>(1U << static_cast<unsigned>(field));
}

/// Where the server's descriptor 2 goes.
struct ErrorStream {
  enum class Kind : std::uint8_t {
    log,      ///< porterd's log, line by line, tagged with service and session
    socket,   ///< the connection, as inetd has it
    inherit,  ///< porterd's own
    null,     ///< /dev/null
    file,     ///< appended to `path`
  };
  Kind kind = Kind::log;
  std::string path;
  friend bool operator==(const ErrorStream&, const ErrorStream&) = default;
};

/// How the server gets its socket.
enum class Pass : std::uint8_t {
  stdio,       ///< descriptors 0 and 1
  listen_fds,  ///< descriptor 3 with LISTEN_FDS=1, sd_listen_fds(3)
};
inline constexpr std::string_view kPassNames[] = {"stdio", "listen_fds"};
constexpr std::span<const std::string_view> enum_names(Pass) { return kPassNames; }

/// What xinetd.conf says and porterd does not need to know; kept for --dump=json.
enum class XinetdMark : std::uint8_t {
  unlisted,    ///< type = UNLISTED, though services(5) has the same port
  common_log,  ///< the log is the file that `defaults` names
  noretry,     ///< flags = NORETRY
  nolibwrap,   ///< flags = NOLIBWRAP, which is also so without `libwrap`
  idonly,      ///< flags = IDONLY where it does nothing: without USERID in log_on_success, or without connections
};
inline constexpr std::string_view kXinetdMarkNames[] = {"unlisted", "common_log", "noretry", "nolibwrap", "idonly"};
constexpr std::span<const std::string_view> enum_names(XinetdMark) { return kXinetdMarkNames; }

/// How long a sensor's client is refused by all services.
inline constexpr std::chrono::milliseconds kDenyNever{0};
inline constexpr auto kDenyForever = std::chrono::milliseconds::max();

/// A banner's file may have so much.
inline constexpr std::size_t kLongestBanner = 1U << 20U;

/// Services that porterd has itself: RFC 862 to 868, a fixed answer, and RFC 1078.
enum class Builtin : std::uint8_t { echo, discard, chargen, daytime, time, qotd, respond, tcpmux };
inline constexpr std::string_view kBuiltinNames[] = {"echo", "discard", "chargen", "daytime",
                                                     "time", "qotd",    "respond", "tcpmux"};
constexpr std::span<const std::string_view> enum_names(Builtin) { return kBuiltinNames; }

/// What qotd and respond say.
struct Answer {
  std::string text;
  std::string file;                                        ///< read when the configuration is; instead of `text`
  std::uint16_t status = 0;                                ///< not 0: the answer is an HTTP response
  std::string content_type = "text/plain; charset=utf-8";  ///< of that response
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// How builtin daytime writes the time.
enum class DaytimeForm : std::uint8_t { xinetd, inetd };
inline constexpr std::string_view kDaytimeFormNames[] = {"xinetd", "inetd"};
constexpr std::span<const std::string_view> enum_names(DaytimeForm) { return kDaytimeFormNames; }

/// Whether a service can be asked for at a tcpmux service.
enum class Tcpmux : std::uint8_t {
  no,
  yes,   ///< it answers "+" itself
  plus,  ///< porterd answers "+Go" for it
};
inline constexpr std::string_view kTcpmuxNames[] = {"no", "yes", "plus"};
constexpr std::span<const std::string_view> enum_names(Tcpmux) { return kTcpmuxNames; }

/// A host by its name, which is looked up when a client comes.
struct NamedEndpoint {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const NamedEndpoint&, const NamedEndpoint&) = default;
};
/// Where a connection is passed on to.
using RedirectTarget = std::variant<base::Endpoint, base::UnixAddress, NamedEndpoint>;

/// What a server's environment begins with; `passenv`, `env` and the connection's variables come on top.
enum class EnvironmentBase : std::uint8_t {
  account,    ///< PATH, HOME, USER, LOGNAME and SHELL of the account that it runs as
  inherit,    ///< all that porterd itself was started with, as xinetd has it
  laundered,  ///< the same without what describes a login (HOME, PATH, TERM, LD_* and the like), as OpenBSD's inetd
  none,       ///< nothing
};
inline constexpr std::string_view kEnvironmentBaseNames[] = {"account", "inherit", "laundered", "none"};
constexpr std::span<const std::string_view> enum_names(EnvironmentBase) { return kEnvironmentBaseNames; }

/// Which variables tell a server about its connection.
enum class ConnectionVariables : std::uint8_t {
  all,          ///< UCSPI's, REMOTE_HOST and CONNECTION_ID
  remote_host,  ///< REMOTE_HOST alone, as xinetd has it: "<no address>" where it is not known
  ucspi,        ///< PROTO, TCPLOCALIP, TCPLOCALPORT, TCPREMOTEIP, TCPREMOTEPORT, as inetutils with --environment
  none,
};
inline constexpr std::string_view kConnectionVariablesNames[] = {"all", "remote_host", "ucspi", "none"};
constexpr std::span<const std::string_view> enum_names(ConnectionVariables) { return kConnectionVariablesNames; }

using Environment = std::vector<std::pair<std::string, std::string>>;  ///< each name once, in the order given

/// A server's umask(2) when nothing else is said.
inline constexpr mode_t kUsualUmask = 022;

/// One configured service.
struct Service {
  std::string service;  ///< its name, also in services(5)
  std::string id;       ///< unique; `service` when not set
  bool disable = false;

  // Where it listens
  std::vector<ListenAddress>
      listen;  ///< after compile(): with port, bind and services(5) worked in; empty: only by tcpmux
  std::optional<std::uint16_t> port;  ///< worked into `listen` and not set after compile()
  std::optional<BindAddress> bind;    ///< worked into `listen` and not set after compile()
  SocketType socket_type = SocketType::stream;
  std::optional<Protocol> protocol;  ///< after compile(): set
  std::optional<RpcProgram> rpc;     ///< then `listen` may have port 0: the kernel chooses one
  std::uint32_t backlog = 0;         ///< listen(2); 0 means net.core.somaxconn
  bool freebind = false;             ///< IP_FREEBIND
  bool keepalive = false;            ///< SO_KEEPALIVE
  bool nodelay = false;              ///< TCP_NODELAY

  // What it runs
  std::string server;              ///< absolute path
  std::optional<Builtin> builtin;  ///< instead of a server
  std::optional<Answer> answer;    ///< of builtin qotd and respond
  DaytimeForm daytime_form = DaytimeForm::xinetd;
  std::vector<RedirectTarget> redirect;  ///< instead of a server: tried in turn
  bool redirect_proxy = false;           ///< the target is told who the client is, PROXY protocol version 2
  std::chrono::milliseconds redirect_timeout{10'000};  ///< for each address of a target
  Tcpmux tcpmux = Tcpmux::no;
  std::vector<std::string> server_args;
  std::optional<std::string> argv0;  ///< `server`'s last component when not set
  bool wait = false;
  Pass pass = Pass::stdio;
  ErrorStream standard_error;
  std::optional<User> user;    ///< porterd's own when not set
  std::optional<Group> group;  ///< the user's when not set
  Groups groups;
  EnvironmentBase environment = EnvironmentBase::account;
  ConnectionVariables connection_env = ConnectionVariables::all;
  Environment env;
  std::vector<std::string> passenv;  ///< names taken over from porterd's environment
  std::string working_directory = "/";
  std::optional<mode_t> umask;  ///< kUsualUmask when not set
  std::optional<int> nice;
  std::vector<ResourceLimit> rlimits;  ///< sorted by resource

  // Who gets in
  AccessList only_from;        ///< meaningful with has_only_from
  bool has_only_from = false;  ///< set, though perhaps to nobody
  AccessList no_access;
  std::vector<TimeRange> access_times;  ///< empty: always
  std::optional<std::uint32_t> instances;
  std::optional<SourceLimit> per_source;
  std::optional<ConnectionRate> cps;
  std::optional<ConnectionRate> cps_per_source;  ///< of one source; `excess` and `wait` mean nothing here
  std::optional<double> max_load;                ///< 1-minute load average
  /// The name by which hosts.allow and hosts.deny know it, empty: that of its server; not set: they are not asked.
  std::optional<std::string> libwrap;
  bool ident_only = false;                           ///< only with an answer of the client's ident server, RFC 1413
  std::chrono::milliseconds ident_timeout{30'000};   ///< for that, and for userid in the log: the whole of a question
  bool intercept = false;                            ///< with `wait`: each client is admitted by itself, and relayed
  std::chrono::milliseconds intercept_idle{60'000};  ///< until a client of datagrams that is silent is forgotten
  bool sensor = false;                               ///< serves nobody, and whoever connects gets a penalty
  std::chrono::milliseconds deny_time = kDenyNever;  ///< the penalty of a sensor

  // What it says
  std::string banner;  ///< files, or empty
  std::string banner_success;
  std::string banner_fail;
  std::chrono::milliseconds banner_timeout{
      60'000};  ///< for a client to take one that its socket's buffer does not hold
  LogTarget log_type;
  std::optional<LogFormat> log_format;  ///< porterd's own when not set
  LogFields log_on_success = 0x3f & ~log_field(LogField::userid);
  LogFields log_on_failure = log_field(LogField::host);

  std::vector<XinetdMark> marks;

  Location where;  ///< of its section

  [[nodiscard]] bool has_mark(XinetdMark mark) const { return std::ranges::find(marks, mark) != marks.end(); }
};

/// How children are made. fork is for sanitizers and as a fallback.
enum class LaunchMethod : std::uint8_t { clone, fork };
inline constexpr std::string_view kLaunchMethodNames[] = {"clone", "fork"};
constexpr std::span<const std::string_view> enum_names(LaunchMethod) { return kLaunchMethodNames; }

/// Settings of the daemon itself, at the top of porterd.yaml.
struct Global {
  /// glob(7) patterns, relative to porterd.yaml. Empty after a load: what they named has been read.
  std::vector<std::string> include{"conf.d/*.yaml"};
  LogTarget log_type{.kind = LogTarget::Kind::standard_error, .path = {}};
  LogFormat log_format = LogFormat::text;
  base::Level log_level = base::Level::info;                ///< less severe records are not written
  std::string pid_file;                                     ///< empty: none
  std::string penalty_file = "/var/lib/porterd/penalties";  ///< empty: none
  std::string dump_file = "/run/porterd.dump";              ///< SIGUSR1 appends the state to it; empty: none
  std::chrono::milliseconds drain_timeout{30'000};          ///< SIGTERM: sessions may finish; then TERM
  std::chrono::milliseconds kill_timeout{5'000};            ///< after TERM: KILL
  std::chrono::milliseconds resolve_interval{300'000};      ///< host names in access lists
  std::optional<std::uint32_t> max_sessions;                ///< of all services together
  LaunchMethod launch = LaunchMethod::clone;
  std::uint32_t workers = 1;                      ///< porterd-workers at a time, at most
  std::optional<User> worker_user;                ///< not set: porterd-worker where there is one, else nobody
  std::chrono::milliseconds worker_idle{30'000};  ///< how long one stays that has nothing to do
  std::string worker_path;                        ///< empty: the one that came with porterd
};

struct Config {
  Global global;
  std::vector<Service> services;  ///< enabled and good ones, in the order read; ids are unique
};

}  // namespace porterd::config
