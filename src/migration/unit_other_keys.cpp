// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "migration/unit_keys.h"

namespace porterd::migration {
namespace {

/// Keys that become nothing, by how they begin, and what is said about them; the first row that fits counts.
struct SilentRow {
  enum class Fate : std::uint8_t { nothing_to_do, changed, refused };
  std::string_view section;
  std::string_view prefix;  ///< of the key; empty: all others of the section
  Fate fate;
  std::string_view words;
  std::string_view what_to_do = {};
};
using Fate = SilentRow::Fate;
constexpr std::string_view kConfinement = "porterd does not confine servers in this way";
constexpr std::string_view kConfine =
    "start the server through a program that does, such as systemd-run(1) or setpriv(1)";

constexpr SilentRow kSilent[] = {
    {"Unit", "Description", Fate::nothing_to_do, "only a description"},
    {"Unit", "Documentation", Fate::nothing_to_do, "only a description"},
    {"Unit", "CollectMode", Fate::nothing_to_do, "porterd keeps no failed instances"},
    {"Unit", "Condition", Fate::refused, "porterd asks no conditions", "disable: yes where it is not to run"},
    {"Unit", "Assert", Fate::refused, "porterd asks no conditions", "disable: yes where it is not to run"},
    {"Unit", "StartLimit", Fate::changed, "porterd starts servers as often as cps allows"},
    {"Unit", "", Fate::changed, "porterd starts servers on demand and knows no other units"},
    {"Install", "", Fate::nothing_to_do, "porterd serves what its configuration has"},
    {"Socket", "ListenFIFO", Fate::refused, "porterd listens on sockets only"},
    {"Socket", "ListenSpecial", Fate::refused, "porterd listens on sockets only"},
    {"Socket", "ListenNetlink", Fate::refused, "porterd listens on sockets only"},
    {"Socket", "ListenMessageQueue", Fate::refused, "porterd listens on sockets only"},
    {"Socket", "ListenUSBFunction", Fate::refused, "porterd listens on sockets only"},
    {"Socket", "PollLimit", Fate::changed, "porterd paces itself; cps limits a service"},
    {"Socket", "FileDescriptorName", Fate::changed, "LISTEN_FDNAMES is not set"},
    {"Socket", "ReusePort", Fate::refused, "porterd binds a port once"},
    {"Socket", "", Fate::refused, "porterd has nothing like it"},
    {"Service", "Restart", Fate::nothing_to_do, "a server is started by the next client"},
    {"Service", "RemainAfterExit", Fate::nothing_to_do, "a server is started by the next client"},
    {"Service", "TimeoutStart", Fate::nothing_to_do, "porterd waits for no server to be ready"},
    {"Service", "SyslogIdentifier", Fate::changed, "records name the service"},
    {"Service", "Syslog", Fate::changed, "log_type says where records go"},
    {"Service", "Log", Fate::changed, "log_type says where records go"},
    {"Service", "Exec", Fate::refused, "porterd starts one program for a connection",
     "a script that does both, and ends in exec"},
    {"Service", "DynamicUser", Fate::refused, "porterd makes no accounts", "an account of its own, in user"},
    {"Service", "UnsetEnvironment", Fate::refused, "variables are not taken away", "env and passenv say what is there"},
    {"Service", "IPAddress", Fate::refused, "addresses are not filtered in the server",
     "only_from and no_access decide who may connect"},
    {"Service", "RuntimeMaxSec", Fate::refused, "a session may last as long as it wants",
     "a server that ends by itself, or timeout(1) before it"},
    {"Service", "Limit", Fate::refused, "porterd has no such limit"},
    {"Service", "MemoryDenyWriteExecute", Fate::refused, kConfinement, kConfine},
    {"Service", "Memory", Fate::refused, "porterd sets no limits of control groups",
     "rlimit_as, or a slice of porterd's"},
    {"Service", "Tasks", Fate::refused, "porterd sets no limits of control groups", "rlimit_nproc"},
    {"Service", "CPU", Fate::refused, "porterd sets no limits of control groups", "nice and rlimit_cpu"},
    {"Service", "Kill", Fate::changed, "a server is sent SIGTERM when porterd stops, and SIGKILL after kill_timeout"},
    {"Service", "TimeoutStop", Fate::changed, "kill_timeout in porterd.yaml is for all servers"},
    {"Service", "Protect", Fate::refused, kConfinement, kConfine},
    {"Service", "Private", Fate::refused, kConfinement, kConfine},
    {"Service", "Restrict", Fate::refused, kConfinement, kConfine},
    {"Service", "NoNewPrivileges", Fate::refused, kConfinement, kConfine},
    {"Service", "Capabilit", Fate::refused, kConfinement, kConfine},
    {"Service", "AmbientCapabilities", Fate::refused, kConfinement, kConfine},
    {"Service", "SystemCall", Fate::refused, kConfinement, kConfine},
    {"Service", "LockPersonality", Fate::refused, kConfinement, kConfine},
    {"Service", "Read", Fate::refused, kConfinement, kConfine},
    {"Service", "Inaccessible", Fate::refused, kConfinement, kConfine},
    {"Service", "Bind", Fate::refused, kConfinement, kConfine},
    {"Service", "Temporary", Fate::refused, kConfinement, kConfine},
    {"Service", "Root", Fate::refused, kConfinement, kConfine},
    {"Service", "Secure", Fate::refused, kConfinement, kConfine},
    {"Service", "Device", Fate::refused, kConfinement, kConfine},
    {"Service", "Proc", Fate::refused, kConfinement, kConfine},
    {"Service", "", Fate::refused, "porterd has nothing like it"},
};

}  // namespace

void take_other_unit_setting(UnitBuilder& builder, const UnitSetting& setting) {
  const auto* row = std::ranges::find_if(kSilent, [&](const SilentRow& one) {
    return one.section == setting.section && setting.key.starts_with(one.prefix);
  });
  // What is switched off, or set back, asks for nothing.
  if (setting.value.empty() || (setting.value != "0" && parse_unit_boolean(setting.value) == false)) return;
  if (setting.section == "Service" && setting.key == "DynamicUser") builder.facts.is_user_dynamic = true;
  // "X-" is for other programs: systemd ignores it.
  if (setting.key.starts_with("X-") || setting.section.starts_with("X-")) return;
  if (row == std::end(kSilent)) return builder.refuse(setting, fmt::format("[{}] is not known", setting.section));
  switch (row->fate) {
    case Fate::nothing_to_do:
      return builder.note(setting, std::string(row->words));
    case Fate::changed:
      return builder.change(setting, std::string(row->words));
    case Fate::refused:
      return builder.refuse(setting, std::string(row->words), std::string(row->what_to_do));
  }
}

}  // namespace porterd::migration
