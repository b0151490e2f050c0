// SPDX-License-Identifier: Apache-2.0
#include "config/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "config/apply.h"
#include "config/codecs_basic.h"
#include "config/draft.h"
#include "config/table.h"

namespace porterd::config {
namespace {

using Sections = std::vector<const Section*>;

// The value of the last `=` for `name`, or nothing; only for scalars that name or switch a service.
const Value* last_value(const Sections& sections, std::string_view name) {
  const Value* value = nullptr;
  for (const auto* section : sections)
    for (const auto& setting : section->settings)
      if (setting.name == name && setting.op == Operator::assign) value = &setting.value;
  return value;
}

// Names, for a note that must not grow with the configuration.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  const auto shown = std::min(names.size(), kMost);
  auto text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// Where a service listens, as words that are equal when binding both would fail.
std::vector<std::string> places_of(const Service& service) {
  std::vector<std::string> places;
  const auto type = base::name_of(service.socket_type);
  for (const auto& place : service.listen) {
    if (const auto* local = std::get_if<ListenAddress::Local>(&place.at)) {
      places.push_back(fmt::format("{} {}", local->address.text(), type));
      continue;
    }
    const auto& port = std::get<ListenAddress::Port>(place.at);
    if (port.port == 0) continue;  // the kernel chooses a free one
    const auto add = [&](std::string_view address) {
      places.push_back(fmt::format("{}%{} port {} {}", address, port.device, port.port, type));
    };
    const auto protocol = service.protocol.value_or(Protocol::tcp);
    if (port.address) {
      add(fmt::format("{}/{}", port.address->text(), port.address->scope));
      continue;
    }
    if (protocol != Protocol::tcp6 && protocol != Protocol::udp6) add("0.0.0.0/0");
    if (protocol != Protocol::tcp4 && protocol != Protocol::udp4) add("::/0");
  }
  return places;
}

class Compiler {
 public:
  Compiler(const Document& document, const World& world, Diagnostics& diagnostics)
      : document_(document), world_(world), diagnostics_(diagnostics) {}

  Compiled compile() {
    for (const auto& section : document_.sections) {
      if (section.kind == Section::Kind::defaults) compile_defaults(section);
      if (section.kind == Section::Kind::drop_in) drop_ins_[section.name].push_back(&section);
    }
    for (const auto& section : document_.sections)
      if (section.kind == Section::Kind::service) compile_service(section);
    report_lonely_drop_ins();
    report_tainted();
    services_.shrink_to_fit();
    return {std::move(services_), std::move(left_out_)};
  }

 private:
  void compile_defaults(const Section& section);
  void compile_service(const Section& section);
  bool finish(Draft draft, Diagnostics found);
  void leave_out(const Section& section, LeftOutReason reason);
  [[nodiscard]] bool is_disabled(const Sections& sections) const;
  [[nodiscard]] bool is_free(const Draft& draft, Diagnostics& found);
  [[nodiscard]] bool inherits_mistake(const Draft& draft) const;
  bool apply_section(Draft& draft, const Section& section, Machine machine, Diagnostics& found) const;
  bool apply_one(Draft& draft, const Section& section, const Setting& setting, Machine machine,
                 Diagnostics& found) const;
  void report_lonely_drop_ins();
  void report_tainted();

  const Document& document_;
  const World& world_;
  Diagnostics& diagnostics_;

  Service defaults_;
  Location defaults_where_;
  std::vector<bool> is_tainted_ = std::vector<bool>(service_attributes().size());
  bool is_all_tainted_ = false;
  std::vector<std::string> tainted_ids_;  // of services left out for what defaults got wrong

  std::unordered_map<std::string, Sections> drop_ins_;
  std::unordered_set<std::string> known_ids_;               // enabled or not, good or bad
  std::unordered_map<std::string, Location> ids_;           // of enabled services
  std::unordered_map<std::string, std::string> listeners_;  // place → id
  std::vector<Service> services_;
  std::vector<LeftOut> left_out_;
};

// Whether `setting` was taken. The draft remembers its own settings for the cross checks.
bool Compiler::apply_one(Draft& draft, const Section& section, const Setting& setting, Machine machine,
                         Diagnostics& found) const {
  const auto* row = find_service_attribute(setting.name);
  if (row == nullptr) {
    draft.has_unknown = true;
    report_unknown(setting, section.kind, found);
    return false;
  }
  if (section.kind == Section::Kind::defaults && row->in_defaults == InDefaults::no) {
    found.add(Severity::error, setting.where, fmt::format("'{}' cannot stand in defaults", setting.name),
              "it belongs into each service");
    return false;
  }
  if (section.kind == Section::Kind::drop_in && (row->name == "id" || row->name == "service")) {
    found.add(Severity::error, setting.where, fmt::format("a drop-in cannot change '{}'", setting.name));
    return false;
  }
  const auto outcome = apply_setting(*row, setting, draft.service, world_, machine, found);
  if (!setting.is_implied) draft.own[index_of(*row)] = &setting;
  if (outcome == Outcome::rejected) draft.is_doubtful[index_of(*row)] = true;
  return outcome != Outcome::rejected;
}

bool Compiler::apply_section(Draft& draft, const Section& section, Machine machine, Diagnostics& found) const {
  bool is_good = !section.is_bad;
  // The same attribute by another name, or written "only_from +" and "only_from+".
  std::vector<std::pair<const ServiceAttribute*, Operator>> seen;
  for (const auto& setting : section.settings) {
    is_good = apply_one(draft, section, setting, machine, found) && is_good;
    const auto* row = find_service_attribute(setting.name);
    if (row == nullptr) continue;
    const std::pair<const ServiceAttribute*, Operator> mark(row, setting.op);
    if (std::ranges::find(seen, mark) != seen.end()) {
      found.add(Severity::error, setting.where, fmt::format("'{}' is set twice", row->name));
      is_good = false;
    }
    seen.push_back(mark);
  }
  return is_good;
}

void Compiler::compile_defaults(const Section& section) {
  Draft draft;
  draft.service = defaults_;
  draft.section = &section;
  defaults_where_ = section.where;
  Diagnostics found;
  for (const auto& setting : section.settings) {
    const auto before = draft.service;
    if (apply_one(draft, section, setting, Machine::counts, found)) continue;
    draft.service = before;
    if (const auto* row = find_service_attribute(setting.name)) {
      is_tainted_[index_of(*row)] = true;
    } else {
      is_all_tainted_ = true;
    }
  }
  if (section.is_bad) is_all_tainted_ = true;
  defaults_ = std::move(draft.service);
  diagnostics_.append(std::move(found));
}

bool Compiler::is_disabled(const Sections& sections) const {
  const auto* value = last_value(sections, "disable");
  if (value == nullptr) return sections.front()->takes_defaults && defaults_.disable;
  Diagnostics ignored;
  return YesNo::parse(*value, {world_, ignored}).value_or(false);
}

bool Compiler::inherits_mistake(const Draft& draft) const {
  if (!draft.section->takes_defaults) return false;
  if (is_all_tainted_) return true;
  for (std::size_t index = 0; index < is_tainted_.size(); ++index) {
    const auto* own = draft.own[index];
    if (is_tainted_[index] && (own == nullptr || own->op != Operator::assign)) return true;
  }
  return false;
}

void Compiler::compile_service(const Section& section) {
  Draft draft;
  draft.section = &section;
  if (section.takes_defaults) draft.service = defaults_;
  draft.service.service = section.name;
  draft.service.where = section.where;
  const auto id = id_of(section);
  known_ids_.insert(id);
  Sections sections{&section};
  if (const auto found = drop_ins_.find(id); found != drop_ins_.end())
    sections.insert(sections.end(), found->second.begin(), found->second.end());
  if (std::ranges::any_of(sections, &Section::is_bad)) return leave_out(section, LeftOutReason::bad_attribute);

  const bool is_off = is_disabled(sections);
  Diagnostics found;
  for (const auto* one : sections)
    apply_section(draft, *one, is_off ? Machine::does_not_count : Machine::counts, found);
  if (is_off) {
    found.lower(Severity::warning);
    diagnostics_.append(std::move(found));
    return leave_out(section, LeftOutReason::disabled);
  }
  const bool is_taken = !found.has(Severity::error);
  if (!finish(std::move(draft), std::move(found)))
    leave_out(section, is_taken ? LeftOutReason::check_failed : LeftOutReason::bad_attribute);
}

void Compiler::leave_out(const Section& section, LeftOutReason reason) {
  const auto* service = last_value({&section}, "service");
  left_out_.push_back({.name = service != nullptr ? service->text : section.name,
                       .id = id_of(section),
                       .reason = section.reason.value_or(reason)});
}

bool Compiler::is_free(const Draft& draft, Diagnostics& found) {
  const auto& service = draft.service;
  const auto [known, is_new] = ids_.emplace(service.id, service.where);
  if (!is_new) {
    found.add(Severity::error, draft.where_of(draft.sets("id") ? "id" : "service"),
              fmt::format("there is a service '{}' already", service.id),
              fmt::format("at {}; give one of them another 'id'", known->second.text()));
    return false;
  }
  const auto places = places_of(service);
  for (const auto& place : places) {
    const auto taken = listeners_.find(place);
    if (taken == listeners_.end()) continue;
    found.add(Severity::error, draft.where_of(draft.sets("port") ? "port" : "listen"),
              fmt::format("service '{}' listens there already", taken->second));
    return false;
  }
  for (const auto& place : places) listeners_.emplace(place, service.id);
  return true;
}

// Whether it runs.
bool Compiler::finish(Draft draft, Diagnostics found) {
  auto& service = draft.service;
  if (service.service.empty()) {
    found.add(Severity::error, draft.section->where, "the service has no name", "service: NAME");
  } else if (!is_service_name(service.service)) {
    found.add(Severity::error, draft.section->where, fmt::format("'{}' cannot be a service's name", service.service),
              "give it another by 'service: NAME'");
  } else {
    if (service.id.empty()) service.id = service.service;
    // What a default should have said is not known, so what the cross checks would say may be wrong.
    if (inherits_mistake(draft)) {
      tainted_ids_.push_back(service.id);
      diagnostics_.append(std::move(found));
      return false;
    }
    resolve_listen(draft, world_, found);
    check_service(draft, world_, found);
  }
  const bool is_good = !found.has(Severity::error) && is_free(draft, found);
  diagnostics_.append(std::move(found));
  if (is_good) services_.push_back(std::move(service));
  return is_good;
}

void Compiler::report_lonely_drop_ins() {
  std::vector<std::string_view> ids(known_ids_.begin(), known_ids_.end());
  std::ranges::sort(ids);
  for (const auto& section : document_.sections)
    if (section.kind == Section::Kind::drop_in && !known_ids_.contains(section.name))
      diagnostics_.add(Severity::warning, section.where,
                       fmt::format("no service has the id '{}' of this drop-in", section.name),
                       did_you_mean(section.name, ids));
}

void Compiler::report_tainted() {
  if (tainted_ids_.empty()) return;
  diagnostics_.add(Severity::note, defaults_where_,
                   fmt::format("left out for what is wrong in defaults: {}", some_of(tainted_ids_)));
}

}  // namespace

std::string id_of(const Section& section) {
  const Sections alone{&section};
  for (const std::string_view name : {"id", "service"})
    if (const auto* value = last_value(alone, name); value != nullptr && !value->text.empty()) return value->text;
  return section.name;
}

Global compile_global(const Document& document, const World& world, Diagnostics& diagnostics) {
  Global global;
  for (const auto& section : document.sections) {
    if (section.kind != Section::Kind::global) continue;
    for (const auto& setting : section.settings) {
      if (const auto* row = find_global_attribute(setting.name)) {
        static_cast<void>(apply_setting(*row, setting, global, world, Machine::counts, diagnostics));
      } else {
        report_unknown(setting, section.kind, diagnostics);
      }
    }
  }
  return global;
}

Compiled compile_services(const Document& document, const World& world, Diagnostics& diagnostics) {
  return Compiler(document, world, diagnostics).compile();
}

Config compile(const Document& document, const World& world, Diagnostics& diagnostics) {
  Config config;
  config.global = compile_global(document, world, diagnostics);
  config.services = compile_services(document, world, diagnostics).services;
  return config;
}

}  // namespace porterd::config
