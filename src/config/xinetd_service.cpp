// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_names.h"
#include "base/text.h"
#include "config/config.h"
#include "config/wrapper_files.h"
#include "config/xinetd_settings.h"
#include "config/yaml_reader.h"

namespace porterd::config {
namespace {

/// What porterd does not serve, and why a service that has it is left out.
struct Unsupported {
  std::string_view attribute;
  std::string_view word;  ///< of a list; empty: the attribute as such
  std::string_view why;
};

constexpr Unsupported kUnsupported[] = {
    {"flags", "labeled", "porterd does not run servers in the label of their connection"},
};

class Checker {
 public:
  Checker(const XinetdEntry& entry, Diagnostics& found) : entry_(entry), found_(found) {}

  bool is_supported() {
    for (const auto& [attribute, word, why] : kUnsupported) {
      const auto* given = entry_.find(attribute);
      if (given == nullptr || (!word.empty() && !entry_.has_word(attribute, word))) continue;
      if (attribute == "type" && is_sensor()) continue;  // whatever it is, nothing of it is done
      return error(given->where, fmt::format("service '{}' is left out: {}", entry_.name(), why));
    }
    check_intercept();
    return true;
  }

  bool is_complete() {
    bool is_complete = true;
    const auto need = [&](std::string_view name) {
      if (entry_.find(name) == nullptr)
        is_complete = error(entry_.where(), fmt::format("service '{}' has no {}", entry_.name(), name));
    };
    const bool is_internal = entry_.has_word("type", "internal");
    if (entry_.has_word("type", "rpc") && entry_.find("rpc_version") == nullptr)
      is_complete = error(entry_.where(), fmt::format("service '{}' has no rpc_version", entry_.name()));
    need("wait");
    if (is_sensor()) return is_complete;
    if (!is_internal) need("user");
    if (!is_internal && entry_.find("redirect") == nullptr) need("server");
    if (is_internal && !base::value_named<Builtin>(base::to_lower(entry_.name())))
      is_complete = error(entry_.find("type")->where, fmt::format("there is no internal service '{}'", entry_.name()),
                          "echo, discard, chargen, daytime, time or tcpmux");
    if (entry_.has_word("flags", "nameinargs") && entry_.find("server_args") == nullptr)
      is_complete = error(entry_.find("flags")->where, "NAMEINARGS needs server_args, whose first word is the name");
    return is_complete;
  }

  bool error(const Location& where, std::string message, std::string hint = {}) {
    found_.add(Severity::error, where, std::move(message), std::move(hint));
    return false;
  }

 private:
  [[nodiscard]] bool is_sensor() const { return entry_.has_word("flags", "sensor"); }

  // xinetd itself clears it with wait = no.
  void check_intercept() {
    const auto* wait = entry_.find("wait");
    if (!entry_.has_word("flags", "intercept") || (wait != nullptr && wait->value.text == "yes")) return;
    found_.add(Severity::warning, entry_.find("flags")->where, "INTERCEPT is ignored: it is for wait = yes");
  }

  const XinetdEntry& entry_;
  Diagnostics& found_;
};

Section empty_section(const XinetdEntry& entry) {
  Section section{.kind = Section::Kind::service, .name = entry.name(), .where = entry.where()};
  section.takes_defaults = false;
  return section;
}

Setting implied(std::string name, Value value, const Location& where) {
  value.where = where;
  return {.name = std::move(name), .value = std::move(value), .where = where, .is_implied = true};
}

// Where the entry says so itself, it is its own setting.
Setting disabling(const XinetdEntry& entry) {
  const auto* given = entry.find("disable");
  auto setting = implied("disable", plain("yes"), given == nullptr ? entry.where() : given->where);
  setting.is_implied = !entry.is_disabled() || given == nullptr;
  return setting;
}

// A stream server that accepts for itself: nobody else knows the client.
bool waits(const XinetdEntry& entry) {
  const auto* wait = entry.find("wait");
  const auto* type = entry.find("socket_type");
  const auto* protocol = entry.find("protocol");
  const bool is_dgram =
      type != nullptr ? type->value.text == "dgram" : protocol != nullptr && protocol->value.text == "udp";
  return wait != nullptr && wait->value.text == "yes" && !is_dgram;
}

// By a worker of porterd's, not by a server.
bool is_served_here(const XinetdEntry& entry) {
  if (entry.has_word("flags", "sensor")) return false;
  return entry.has_word("type", "internal") || entry.find("redirect") != nullptr;
}

// Its clients come to the server by way of a worker.
bool is_intercepted(const XinetdEntry& entry) {
  const auto* wait = entry.find("wait");
  return entry.has_word("flags", "intercept") && wait != nullptr && wait->value.text == "yes";
}

std::string_view why_not_wrapped(const XinetdEntry& entry) {
  if (is_served_here(entry)) return "no program is started for it";
  if (is_intercepted(entry)) return "its clients come to it by way of porterd";
  return waits(entry) ? "it accepts connections itself" : "there is no porterd-tcpd";
}

Setting wrapper_of(const XinetdEntry& entry) {
  const auto* given = entry.find("libwrap");
  if (given == nullptr) return implied("libwrap", plain("yes"), entry.where());
  return {.name = "libwrap", .value = quotable(given->value.text), .where = given->where};
}

}  // namespace

bool XinetdSections::is_listed(std::string_view list, const XinetdEntry& entry) const {
  const auto* given = defaults_.find(list);
  return given != nullptr && std::ranges::any_of(given->value.items, [&](const auto& item) {
           return base::equal_ignoring_case(item.text, entry.id());
         });
}

std::optional<LeftOutReason> XinetdSections::reason_to_disable(const XinetdEntry& entry) const {
  if (entry.is_dropped()) return std::nullopt;
  if (entry.is_disabled()) return LeftOutReason::disabled;
  if (is_listed("disabled", entry)) return LeftOutReason::disabled_list;
  if (defaults_.find("enabled") != nullptr && !is_listed("enabled", entry)) return LeftOutReason::not_enabled;
  return std::nullopt;
}

// What the service would take from the defaults and cannot, for it was refused there.
const XinetdAttribute* XinetdSections::inherited_mistake(const XinetdEntry& entry) const {
  for (const auto& attribute : xinetd_attributes()) {
    if (!defaults_.is_tainted(attribute)) continue;
    const auto* given = entry.find(attribute.name);
    if (given == nullptr || given->inherits) return &attribute;
  }
  return nullptr;
}

// Who asks libwrap is porterd-tcpd, before a server; without it nobody gets in whom the files may refuse.
bool XinetdSections::is_refused_by_wrappers() {
  if (!has_wrapper_rules_) has_wrapper_rules_ = wrappers_may_refuse(world_);
  return *has_wrapper_rules_;
}

bool XinetdSections::can_be_wrapped(const XinetdEntry& entry) const {
  return !waits(entry) && !is_intercepted(entry) && !is_served_here(entry) && can_ask_wrappers(world_);
}

// xinetd lets services share an id; here logs, limits and drop-ins go by it.
std::string XinetdSections::unique_id(const XinetdEntry& entry) {
  auto id = entry.id();
  for (int number = 2; !ids_.insert(id).second; ++number) id = fmt::format("{}-{}", entry.id(), number);
  return id;
}

Section XinetdSections::make(XinetdEntry& entry) {
  auto section = empty_section(entry);
  auto& found = entry.found;
  const bool is_revived = is_listed("enabled", entry) && !entry.is_barred();
  const auto disabled_for = reason_to_disable(entry);
  const bool is_disabled = disabled_for.has_value();
  const bool is_off = entry.is_dropped() || entry.is_barred() || (entry.is_off() && !is_revived);
  const bool is_shown = is_disabled && !is_off && disabled_ == XinetdDisabled::read;
  if (is_disabled || !is_off) found.lower(Severity::warning);
  if (is_disabled) section.settings.push_back(implied("disable", plain("yes"), entry.where()));
  if ((is_disabled && !is_shown) || is_off) {
    section.is_bad = !is_disabled;
    section.reason = is_disabled          ? disabled_for
                     : entry.is_dropped() ? LeftOutReason::syntax_error
                                          : LeftOutReason::bad_attribute;
    section.settings.push_back(implied("id", quotable(entry.id()), entry.where()));
    diagnostics_.append(std::move(found));
    return section;
  }
  section.reason = LeftOutReason::check_failed;
  Checker checker(entry, found);
  section.is_bad = !checker.is_supported() || !checker.is_complete();
  if (const auto* mistake = inherited_mistake(entry); !section.is_bad && mistake != nullptr)
    section.is_bad =
        !checker.error(entry.where(), fmt::format("service '{}' is left out for what is wrong with '{}' in "
                                                  "defaults",
                                                  entry.name(), mistake->name));
  if (!section.is_bad && !entry.has_word("flags", "nolibwrap") && !can_be_wrapped(entry) && is_refused_by_wrappers())
    section.is_bad = !checker.error(
        entry.where(),
        fmt::format("service '{}' is left out: hosts.allow and hosts.deny have rules, and cannot be asked: {}",
                    entry.name(), why_not_wrapped(entry)),
        "flags = NOLIBWRAP serves it without them");
  const auto place = section.is_bad ? std::nullopt : place_to_listen(entry, defaults_, world_, found);
  section.is_bad = !place;
  if (!place) section.settings.push_back(implied("id", quotable(entry.id()), entry.where()));
  if (place) {
    section.settings = xinetd_settings(entry, defaults_, *place, found);
    if (is_shown) section.settings.push_back(disabling(entry));
    // What does not run takes no name from what does.
    const auto id = is_shown ? entry.id() : unique_id(entry);
    std::erase_if(section.settings, [](const auto& setting) { return setting.name == "id"; });
    const auto* given = entry.find("id");
    const auto& where = given == nullptr ? entry.where() : given->where;
    section.settings.push_back(implied("id", quotable(id), where));
    if (!entry.has_word("flags", "nolibwrap") && can_be_wrapped(entry)) section.settings.push_back(wrapper_of(entry));
    if (id != entry.id())
      found.add(Severity::warning, where,
                fmt::format("there is a service '{}' already: this one is '{}' here", entry.id(), id), "id = NAME");
  }
  diagnostics_.append(std::move(found));
  return section;
}

}  // namespace porterd::config
