// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_report.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "config/printer.h"
#include "os/files.h"
#include "version.h"

namespace porterd::daemon {
namespace {

using Out = fmt::memory_buffer;

/// How long the loop may wait for a slice: about what a hundred connections take.
constexpr std::chrono::milliseconds kSlice{2};

template <typename... Values>
void print(Out& out, fmt::format_string<Values...> form, Values&&... values) {
  const auto text = fmt::format(form, std::forward<Values>(values)...);
  out.append(text.data(), text.data() + text.size());
}

// As ctime(3) has it, without its line end.
std::string date(base::WallTime time) {
  const std::time_t seconds = base::Wall::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%a %b %e %H:%M:%S %Y", &local)};
}

void print_settings(Out& out, std::string_view yaml, std::string_view indent) {
  while (!yaml.empty()) {
    const auto end = yaml.find('\n');
    print(out, "{}{}\n", indent, yaml.substr(0, end));
    yaml.remove_prefix(end + 1);
  }
}

void print_service(Out& out, const Service& service, const config::Service& settings) {
  print(out, "Service = {}\n\tState = {}\n\tService configuration: {}\n", service.plan().name, service.state(),
        service.plan().id);
  print_settings(out, config::dump_yaml(settings), "\t\t");
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

base::Result<base::Fd> open_dump(const std::string& path) {
  constexpr mode_t kOwnerAlone = 0600;
  PORTERD_TRY_ASSIGN(base::Fd file, os::open_for_append(path, kOwnerAlone));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return base::failure_errno("stat " + path);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid())
    return base::failure(EPERM, "write " + path + ": not a regular file of our own");
  return file;
}

StateReport::StateReport(event::Loop& loop, LogRouter& log, ServiceSet& services, session::SessionTable& sessions,
                         const config::Config& config)
    : log_(log),
      services_(services),
      sessions_(sessions),
      config_(config),
      turn_(loop, event::callback<&StateReport::on_turn>(*this)) {}

void StateReport::begin(std::string_view main_file) {
  if (stage_ != Stage::idle) return;
  stage_ = Stage::services;
  main_file_ = main_file;
  next_ = active_ = 0;
  open();
  print(out_, "INTERNAL STATE DUMP: porterd {}\nCurrent time: {}\npid = {}\n\nServices + defaults:\nSettings\n",
        kVersion, date(base::Wall::now()), ::getpid());
  print_settings(out_, config::dump_yaml(config_.global), "\t");
  print(out_, "\n");
  on_turn();
}

void StateReport::open() {
  path_ = config_.global.dump_file;
  if (path_.empty()) return;
  auto file = open_dump(path_);
  if (!file) return fail(file.error());
  file_ = std::move(*file);
}

void StateReport::fail(const base::Error& error) {
  log_.message(base::Level::error, "dump_failed", error.text());
  file_ = {};
}

void StateReport::on_turn() {
  const auto end = base::Steady::now() + kSlice;
  while (stage_ != Stage::idle && base::Steady::now() < end) advance();
  write_out();
  if (stage_ != Stage::idle) return turn_.start(std::chrono::nanoseconds(0));
  say_done();
}

void StateReport::finish() {
  if (stage_ == Stage::idle) return;
  turn_.stop();
  while (stage_ != Stage::idle) advance();
  write_out();
  say_done();
}

void StateReport::advance() {
  if (stage_ == Stage::services) {
    if (next_ < config_.services.size()) return add_service(config_.services[next_++]);
    print(out_, "Server table dump:\n");
    servers_.clear();
    sessions_.for_each([this](const session::Session& session) { servers_.push_back(session.pid); });
    next_ = 0;
    stage_ = Stage::servers;
  }
  if (next_ == servers_.size()) return add_totals();
  if (const auto* session = sessions_.find(servers_[next_++])) print_server(out_, *session);
}

void StateReport::add_service(const config::Service& settings) {
  const auto* service = services_.find(settings.id);
  if (service == nullptr) return;
  const std::string state = service->state();
  const auto& counters = service->counters();
  const std::array fields{log::Field{.name = "state", .value = std::string_view(state)},
                          log::number("sessions", service->live_sessions()), log::number("started", counters.started),
                          log::number("refused", counters.refused), log::number("failed", counters.failed)};
  log_.write({}, base::Level::notice,
             log::Message{.event = "state", .service = service->id(), .fields = fields, .text = {}});
  if (!service->is_paused()) ++active_;
  if (file_.is_open()) print_service(out_, *service, settings);
}

void StateReport::add_totals() {
  print(out_, "\nactive_services = {}\navailable_services = {}\nlisteners = {}\ndegraded_services = {}\n", active_,
        services_.size(), services_.listener_count(), services_.degraded_count());
  print(out_, "running_servers = {}\nconfig_file = {}\n\nEND OF DUMP\n\n", sessions_.size(), main_file_);
  stage_ = Stage::idle;
}

void StateReport::write_out() {
  std::string_view text(out_.data(), out_.size());
  while (file_.is_open() && !text.empty()) {
    const ssize_t written = ::write(file_.number(), text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else {
      fail(base::failure_errno("write " + path_).error());
    }
  }
  out_.clear();
}

void StateReport::say_done() {
  if (!std::exchange(file_, {}).is_open()) return;
  const std::array fields{log::Field{.name = "file", .value = std::string_view(path_)}};
  log_.message(base::Level::info, "dumped", {}, fields);
}

}  // namespace porterd::daemon
