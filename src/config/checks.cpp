// SPDX-License-Identifier: Apache-2.0
//
// Cross checks of one service: what no single attribute can say. An error leaves the service out; what the machine may
// still get later (a program, a directory) is a warning.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/enum_names.h"
#include "config/draft.h"
#include "config/wrapper_files.h"

namespace porterd::config {
namespace {

bool is_tcp(const Service& service) {
  const auto protocol = service.protocol.value_or(Protocol::tcp);
  return protocol == Protocol::tcp || protocol == Protocol::tcp4 || protocol == Protocol::tcp6;
}

bool is_everybody(const AccessList& list) {
  const auto has_all_of = [&](base::Family family) {
    return std::ranges::any_of(list, [&](const auto& entry) {
      const auto* prefix = std::get_if<base::Prefix>(&entry);
      return prefix != nullptr && prefix->length == 0 && prefix->address.family == family;
    });
  };
  return has_all_of(base::Family::ipv4) && has_all_of(base::Family::ipv6);
}

class Checker {
 public:
  Checker(const Draft& draft, const World& world, Diagnostics& diagnostics)
      : draft_(draft), service_(draft.service), world_(world), diagnostics_(diagnostics) {}

  void check() {
    if (draft_.is_certain({"server"})) check_server();
    if (draft_.is_certain({"server", "builtin", "redirect", "socket_type", "wait"})) check_served_here();
    if (draft_.is_certain({"wait", "socket_type", "pass"})) check_wait();
    if (draft_.is_certain({"wait", "socket_type", "intercept"})) check_admission_of_wait();
    if (draft_.is_certain({"intercept", "wait", "builtin", "redirect", "sensor", "protocol", "libwrap"}))
      check_intercept();
    if (draft_.is_certain({"wait", "socket_type", "libwrap"})) check_wrappers();
    if (draft_.is_certain({"ident_only", "wait", "socket_type", "protocol"})) check_ident();
    if (draft_.is_certain({"sensor", "wait", "socket_type", "deny_time"})) check_sensor();
    if (draft_.is_certain({"rpc", "protocol", "listen"})) check_rpc();
    if (draft_.is_certain({"user", "group"})) check_user();
    check_files();
    if (draft_.is_certain({"wait", "socket_type", "protocol", "listen"})) check_unused();
  }

 private:
  void error(std::string_view at, std::string message, std::string hint = {}) {
    diagnostics_.add(Severity::error, draft_.where_of(at), std::move(message), std::move(hint));
  }
  void warn(std::string_view at, std::string message, std::string hint = {}) {
    diagnostics_.add(Severity::warning, draft_.where_of(at), std::move(message), std::move(hint));
  }

  void check_server() {
    if (is_served_here() || service_.sensor || (service_.server.empty() && draft_.has_unknown)) return;
    if (service_.server.empty())
      return error("server", fmt::format("service '{}' has no server", service_.id),
                   "server: /PATH/OF/PROGRAM, builtin: NAME or redirect: HOST:PORT");
    switch (world_.path_kind(service_.server)) {
      case PathKind::executable:
        return;
      case PathKind::missing:
        return warn("server", fmt::format("there is no {} now", service_.server));
      case PathKind::file:
        return warn("server", fmt::format("{} is not executable", service_.server), "chmod +x");
      case PathKind::directory:
      case PathKind::other:
        return warn("server", fmt::format("{} is not a program", service_.server));
    }
  }

  /// By a worker.
  [[nodiscard]] bool is_served_here() const { return service_.builtin || !service_.redirect.empty(); }

  void check_served_here() {
    check_answer();
    check_tcpmux();
    if (!is_served_here()) return;
    if (service_.libwrap) error("libwrap", "libwrap is asked for servers only", "libwrap: no");
    const std::string_view what = service_.builtin ? "builtin" : "redirect";
    if (service_.builtin && !service_.redirect.empty())
      error("redirect", "builtin and redirect exclude each other", "one of the two");
    if (!service_.server.empty()) error(what, fmt::format("{} and server exclude each other", what), "one of the two");
    const bool is_datagram = service_.socket_type == SocketType::dgram;
    const bool has_datagrams =
        service_.builtin && service_.builtin != Builtin::tcpmux && service_.builtin != Builtin::respond;
    if (service_.socket_type == SocketType::seqpacket || (is_datagram && !has_datagrams))
      error("socket_type", fmt::format("{} is not served as {}", what, base::name_of(service_.socket_type)), "stream");
    if (service_.wait && !is_datagram) error("wait", fmt::format("{} takes no listening socket", what), "wait: no");
    for (const std::string_view name : {"server_args", "argv0", "pass", "stderr", "user", "group", "groups", "env",
                                        "passenv", "working_directory", "umask", "nice"})
      warn_unused(name, true, "no program is run");
  }

  void check_answer() {
    const bool is_said = service_.builtin == Builtin::respond || service_.builtin == Builtin::qotd;
    if (is_said && !service_.answer)
      error("builtin", fmt::format("builtin {} has no answer", base::name_of(*service_.builtin)), "answer: TEXT");
    if (service_.answer && !is_said) error("answer", "answer is for builtin respond and qotd");
    if (service_.answer && service_.builtin == Builtin::qotd && service_.answer->status != 0)
      error("answer", "a quotation has no HTTP status", "builtin: respond");
  }

  void check_tcpmux() {
    if (service_.tcpmux == Tcpmux::no) return;
    if (service_.wait || service_.socket_type != SocketType::stream)
      error("tcpmux", "only a stream service with wait: no can be had by tcpmux");
    if (service_.builtin == Builtin::tcpmux) error("tcpmux", "tcpmux does not lead to itself", "tcpmux: no");
  }

  void check_wait() {
    if (service_.wait || is_served_here()) return;
    if (service_.socket_type == SocketType::dgram)
      error("socket_type", "socket_type dgram needs wait: yes", "the server reads the datagrams itself");
  }

  // A stream or seqpacket server with wait accepts for itself: porterd sees no peer.
  void check_admission_of_wait() {
    if (!service_.wait || service_.intercept) return;
    if (service_.socket_type == SocketType::dgram) return;
    const auto refuse = [&](std::string_view name, std::string hint) {
      error(name, fmt::format("{} cannot be checked with wait: yes: the server accepts connections itself", name),
            std::move(hint));
    };
    if (service_.has_only_from && !is_everybody(service_.only_from))
      refuse("only_from", "wait: no, or only_from: [0.0.0.0/0, \"::/0\"] and let the server check");
    if (!service_.no_access.empty()) refuse("no_access", "wait: no, or no_access: [] and let the server check");
    if (service_.per_source) refuse("per_source", "wait: no, or per_source: unlimited");
    if (service_.cps_per_source) refuse("cps_per_source", "wait: no, or cps_per_source: unlimited");
    if (service_.cps && service_.cps->excess == Excess::refuse) refuse("cps", "wait: no, or excess: hold");
  }

  void check_wrappers() {
    if (!service_.libwrap) return;
    if (service_.protocol == Protocol::local)
      return warn_unused("libwrap", true, "clients of a UNIX socket have no address");
    if (service_.intercept) return;  // said there
    if (service_.wait && service_.socket_type != SocketType::dgram)
      error("libwrap", "libwrap cannot be asked with wait: yes: the server accepts connections itself",
            "wait: no, or libwrap: no and let the server ask");
    if (!can_ask_wrappers(world_))
      error(
          "libwrap",
          fmt::format("hosts.allow and hosts.deny cannot be asked: there is no {}", world_.helper_path("porterd-tcpd")),
          "install it, or libwrap: no");
  }

  void check_ident() {
    if (service_.ident_timeout.count() == 0)
      error("ident_timeout", "no ident server answers in no time", "ident_timeout: 30s");
    if (!service_.ident_only) return;
    if (service_.protocol == Protocol::local)
      return warn_unused("ident_only", true, "the kernel says whose a connection to a UNIX socket is");
    if (service_.wait || service_.socket_type != SocketType::stream)
      error("ident_only", "ident servers know of connections, and here the server accepts them or there are none",
            "wait: no and socket_type: stream, or ident_only: no");
  }

  void check_intercept() {
    warn_unused("intercept_idle", !service_.intercept || service_.socket_type != SocketType::dgram,
                "it is for intercepted datagrams");
    if (!service_.intercept) return;
    if (service_.sensor) return error("intercept", "a sensor serves nobody whom it could intercept", "one of the two");
    if (is_served_here())
      return error("intercept", "intercept is for servers: what porterd serves itself it checks anyway",
                   "intercept: no");
    if (!service_.wait)
      return error("intercept", "intercept is for wait: yes: without it each connection is checked anyway",
                   "wait: yes, or intercept: no");
    const bool has_local = std::ranges::any_of(
        service_.listen, [](const auto& place) { return std::holds_alternative<ListenAddress::Local>(place.at); });
    if (has_local || service_.protocol == Protocol::local || service_.socket_type == SocketType::seqpacket)
      error("intercept", "intercept is for TCP and UDP: clients of a UNIX socket have no address", "intercept: no");
    if (service_.libwrap)
      error("libwrap", "libwrap cannot be asked with intercept: the server's process does not see the client",
            "libwrap: no, and only_from and no_access instead");
  }

  void check_sensor() {
    const bool is_dgram = service_.socket_type == SocketType::dgram;
    if (service_.sensor && service_.wait && !is_dgram)
      error("wait", "a sensor needs wait: no: nobody else accepts its connections");
    if (service_.sensor && is_dgram && service_.deny_time != kDenyNever)
      warn("deny_time", "deny_time is not used: the source of a datagram can be forged", "a sensor for TCP");
    warn_unused("deny_time", !service_.sensor, "the service is no sensor");
  }

  void check_rpc() {
    if (!service_.rpc) return;
    if (service_.protocol == Protocol::local)
      return error("rpc", "rpc, but only UNIX sockets to listen on", "a port, or neither port nor listen");
    const auto helper = world_.helper_path("porterd-rpc");
    if (world_.path_kind(helper) != PathKind::executable)
      error("rpc", fmt::format("the program cannot be registered: there is no {}", helper), "install it");
  }

  void check_user() {
    if (service_.sensor || is_served_here()) return;
    if (world_.can_change_user()) {
      if (world_.uid() == 0 && !service_.user && !draft_.has_unknown)
        error("user", fmt::format("service '{}' has no user, and porterd runs as root", service_.id),
              "say whom the server runs as, e.g. user: nobody");
      return;
    }
    if (service_.user && service_.user->uid != world_.uid())
      error("user", fmt::format("cannot run as '{}': porterd does not run as root", service_.user->name),
            "leave 'user' out, or start porterd as root");
    if (service_.group && service_.group->gid != world_.gid())
      error("group", fmt::format("cannot run as group '{}': porterd does not run as root", service_.group->name),
            "leave 'group' out, or start porterd as root");
    if (draft_.sets("groups")) warn("groups", "groups is not used: porterd does not run as root");
  }

  void check_files() {
    const std::array<std::pair<std::string_view, const std::string*>, 3> files{
        {{"banner", &service_.banner},
         {"banner_success", &service_.banner_success},
         {"banner_fail", &service_.banner_fail}}};
    for (const auto& [name, path] : files)
      if (!path->empty()) check_banner(name, *path);
    if (service_.banner_timeout.count() == 0)
      error("banner_timeout", "no client takes a banner in no time", "banner_timeout: 60s");
    if (service_.working_directory != "/" && world_.path_kind(service_.working_directory) != PathKind::directory)
      warn("working_directory", fmt::format("{} is not a directory now", service_.working_directory));
  }

  void check_banner(std::string_view name, const std::string& path) {
    if (world_.path_kind(path) == PathKind::missing) return warn(name, fmt::format("there is no {} now", path));
    const auto text = world_.read_file(path, kLongestBanner);
    if (!text && text.error().code == std::errc::file_too_large)
      error(name, fmt::format("{} is too large to be sent to every client", path),
            fmt::format("at most {} bytes", kLongestBanner));
  }

  void warn_unused(std::string_view name, bool is_unused, std::string_view why) {
    if (is_unused && draft_.sets(name)) warn(name, fmt::format("{} is not used: {}", name, why));
  }

  void check_unused() {
    const bool is_dgram = service_.socket_type == SocketType::dgram;
    warn_unused("nodelay", service_.nodelay && !is_tcp(service_), "it is for TCP");
    warn_unused("keepalive", service_.keepalive && !is_tcp(service_), "it is for TCP");
    warn_unused("freebind", service_.freebind && service_.protocol == Protocol::local, "it is for IP addresses");
    warn_unused("backlog", is_dgram, "a datagram socket has none");
    warn_unused("instances", service_.wait, "with wait: yes there is one server at a time");
    for (const std::string_view name : {"banner", "banner_success", "banner_fail"})
      warn_unused(name, service_.wait && (is_dgram || !service_.intercept),
                  "with wait: yes the server accepts connections itself");
    const std::pair<std::string_view, bool> limits[] = {
        {"instances", service_.instances == 0U},
        {"per_source", service_.per_source && service_.per_source->limit == 0}};
    for (const auto& [name, is_zero] : limits)
      if (is_zero && draft_.sets(name)) warn(name, fmt::format("{}: 0 admits nobody", name), "unlimited is no limit");
    warn_unused("per_source", is_dgram && !service_.intercept, "a datagram socket has no connections");
  }

  const Draft& draft_;
  const Service& service_;
  const World& world_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool Draft::sets(std::string_view name) const {
  const auto* row = find_service_attribute(name);
  return row != nullptr && own[index_of(*row)] != nullptr;
}

bool Draft::is_certain(std::initializer_list<std::string_view> names) const {
  return std::ranges::none_of(names, [&](std::string_view name) {
    const auto* row = find_service_attribute(name);
    return row != nullptr && is_doubtful[index_of(*row)];
  });
}

Location Draft::where_of(std::string_view name) const {
  const auto* row = find_service_attribute(name);
  const auto* setting = row != nullptr ? own[index_of(*row)] : nullptr;
  if (setting != nullptr) return setting->where;
  return section != nullptr ? section->where : Location();
}

void check_service(const Draft& draft, const World& world, Diagnostics& diagnostics) {
  Checker(draft, world, diagnostics).check();
}

}  // namespace porterd::config
