// SPDX-License-Identifier: Apache-2.0
#include "config/apply.h"

namespace porterd::config {

void report_unknown(const Setting& setting, Section::Kind kind, Diagnostics& diagnostics) {
  const bool is_global = kind == Section::Kind::global;
  const auto complain = [&](std::string message, std::string hint) {
    diagnostics.add(Severity::error, setting.where, std::move(message), std::move(hint));
  };
  if (setting.name.empty()) return complain("a setting without a name", {});
  if (is_global && find_service_attribute(setting.name) != nullptr)
    return complain(fmt::format("'{}' is an attribute of services", setting.name),
                    "put it under 'defaults:' or into a service");
  if (!is_global && find_global_attribute(setting.name) != nullptr)
    return complain(fmt::format("'{}' is a setting of porterd as a whole", setting.name),
                    "put it at the top of porterd.yaml");
  const auto names = is_global ? global_attribute_names() : service_attribute_names();
  complain(fmt::format("unknown {} '{}'", is_global ? "setting" : "attribute", setting.name),
           did_you_mean(setting.name, names));
}

void report_rejection(const Setting& setting, const Rejection& rejection, std::string_view form,
                      Diagnostics& diagnostics) {
  const auto& where = rejection.where.line > 0 ? rejection.where : setting.where;
  auto hint = rejection.hint.empty() ? std::string(form) : rejection.hint;
  diagnostics.add(Severity::error, where, fmt::format("{}: {}", setting.name, rejection.message), std::move(hint));
}

}  // namespace porterd::config
