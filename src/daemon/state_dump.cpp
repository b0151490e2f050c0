// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_dump.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <iterator>

#include "config/printer.h"
#include "os/files.h"
#include "version.h"

namespace porterd::daemon {
namespace {

using Out = fmt::memory_buffer;

template <typename... Values>
void print(Out& out, fmt::format_string<Values...> form, Values&&... values) {
  fmt::format_to(std::back_inserter(out), form, std::forward<Values>(values)...);
}

// As ctime(3) has it, without its line end.
std::string date(base::WallTime time) {
  const std::time_t seconds = base::Wall::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:%a %b %e %H:%M:%S %Y}", local);
}

void print_settings(Out& out, std::string_view yaml, std::string_view indent) {
  while (!yaml.empty()) {
    const auto end = yaml.find('\n');
    print(out, "{}{}\n", indent, yaml.substr(0, end));
    yaml.remove_prefix(end + 1);
  }
}

void print_service(Out& out, const Service& service, const config::Service* settings) {
  print(out, "Service = {}\n\tState = {}\n\tService configuration: {}\n", service.plan().name, service.state(),
        service.plan().id);
  if (settings != nullptr) print_settings(out, config::dump_yaml(*settings), "\t\t");
  const auto& counters = service.counters();
  print(out, "\trunning servers = {}\n\tstarted = {}\n\trefused = {}\n\tfailed = {}\n\tservice fd =",
        service.live_sessions(), counters.started, counters.refused, counters.failed);
  for (const int number : service.descriptors()) print(out, " {}", number);
  for (const auto& place : service.missing()) print(out, "\n\tnot bound: {}", place);
  print(out, "\n\n");
}

void print_server(Out& out, const session::Session& session) {
  const auto age = std::chrono::duration_cast<base::WallTime::duration>(base::Steady::now() - session.start);
  print(out, "{} server\npid = {}\nstart_time = {}\nconnection = {:x}\nremote_address = {}\n\n", session.owner->id(),
        session.pid, date(base::Wall::now() - age), session.connection_id, base::text_of(session.peer));
}

}  // namespace

std::string describe_state(const config::Config& config, std::string_view main_file, ServiceSet& services,
                           session::SessionTable& sessions) {
  Out out;
  print(out, "INTERNAL STATE DUMP: porterd {}\nCurrent time: {}\npid = {}\n\nServices + defaults:\nSettings\n",
        kVersion, date(base::Wall::now()), ::getpid());
  print_settings(out, config::dump_yaml(config.global), "\t");
  print(out, "\n");
  std::map<std::string_view, const config::Service*> settings;
  for (const auto& service : config.services) settings.emplace(service.id, &service);
  std::size_t active = 0;
  services.for_each([&](const Service& service) {
    const auto found = settings.find(service.id());
    print_service(out, service, found == settings.end() ? nullptr : found->second);
    if (!service.is_paused()) ++active;
  });
  print(out, "Server table dump:\n");
  sessions.for_each([&](const session::Session& session) { print_server(out, session); });
  print(out, "\nactive_services = {}\navailable_services = {}\nlisteners = {}\ndegraded_services = {}\n", active,
        services.size(), services.listener_count(), services.degraded_count());
  print(out, "running_servers = {}\nconfig_file = {}\n\nEND OF DUMP\n\n", sessions.size(), main_file);
  return fmt::to_string(out);
}

base::Status append_dump(const std::string& path, std::string_view text) {
  constexpr mode_t kOwnerAlone = 0600;
  PORTERD_TRY_ASSIGN(const base::Fd file, os::open_for_append(path, kOwnerAlone));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return base::failure_errno("stat " + path);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid())
    return base::failure(EPERM, "write " + path + ": not a regular file of our own");
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written <= 0) return base::failure_errno("write " + path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace porterd::daemon
