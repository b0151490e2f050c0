// SPDX-License-Identifier: Apache-2.0
//
// How Daemon comes to another configuration: host names are looked up by a helper, then the files are read, and what
// they say is taken over as a whole or not at all.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "config/diff.h"
#include "daemon/carry_over.h"
#include "daemon/daemon.h"
#include "daemon/xinetd_reload.h"
#include "os/memory.h"

namespace porterd::daemon {

void Daemon::reload() {
  if (!drain_.is_running()) return;
  is_reload_asked_again_ = hosts_run_ != nullptr;
  if (hosts_run_) return;
  setup_.service_manager.reloading();
  say_in_xinetds_words("Starting reconfiguration");
  log_.reopen();
  std::set<std::string> hosts;
  for (const auto& [name, addresses] : setup_.hosts->known) hosts.insert(name);
  if (hosts.empty()) return load_anew();
  look_up_hosts(hosts);
}

void Daemon::look_up_hosts(const std::set<std::string>& names) {
  const auto done = [this, names](const std::string& answer, bool) {
    hosts_run_.reset();
    auto found = addresses_in(answer, names);
    for (const auto& name : names) {
      auto& addresses = setup_.hosts->known[name];  // what cannot be looked up now stays as it was
      if (const auto one = found.find(name); one != found.end()) addresses = std::move(one->second);
    }
    load_anew();
    if (std::exchange(is_reload_asked_again_, false)) reload();
  };
  hosts_run_ = HelperRun::start(machinery_, setup_.inheritance, resolver_service(names, setup_.inheritance.uid),
                                kResolverPatience, done);
  if (!hosts_run_) done({}, false);
}

void Daemon::load_anew() {
  if (!drain_.is_running()) return;
  setup_.hosts->begin();
  config::Loaded loaded = setup_.load();
  if (!setup_.hosts->missing.empty()) return look_up_hosts(setup_.hosts->missing);
  setup_.hosts->end();
  carry_over(config_, setup_.main_file, loaded);
  config::Diagnostics diagnostics = loaded.diagnostics;
  const bool is_usable = loaded.is_usable();
  const Generation generation =
      is_usable ? make_generation(loaded.config, setup_.inheritance, diagnostics) : Generation{};
  write_diagnostics(log_, diagnostics);
  const base::Status adopted = is_usable ? adopt(generation) : base::Status{};
  if (!is_usable || !adopted) {
    log_.message(base::Level::error, "reload_failed",
                 adopted ? "the configuration in force stays as it was" : adopted.error().text());
  } else {
    apply(generation);
    report_reload(config_, loaded.config);
    config_ = std::move(loaded.config);
  }
  setup_.service_manager.ready(std::to_string(services_.size()) + " services");
  os::give_memory_back();
}

void Daemon::report_reload(const config::Config& before, const config::Config& after) {
  if (log_.is_xinetd())
    for (const auto& line : xinetd_reload_lines(before, after)) say_in_xinetds_words(line);
  const auto difference = config::difference(before, after);
  for (const auto& change : difference.changed) {
    std::string names;
    for (const auto name : change.what.attributes) names.append(names.empty() ? "" : ",").append(name);
    const std::array fields{log::Field{.name = "attributes", .value = std::string_view(names)}};
    log_.write({}, base::Level::info,
               log::Message{.event = "changed", .service = change.after->id, .fields = fields, .text = {}});
  }
  const std::array fields{
      log::number("added", difference.added.size()), log::number("removed", difference.removed.size()),
      log::number("changed", difference.changed.size()), log::number("unchanged", difference.unchanged),
      log::number("degraded", services_.degraded_count())};
  log_.message(base::Level::notice, "reloaded", {}, fields);
}

}  // namespace porterd::daemon
