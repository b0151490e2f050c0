// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_reader.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "config/codec.h"
#include "config/paths.h"
#include "config/yaml_reader.h"
#include "migration/unit_keys.h"

namespace porterd::migration {
namespace {

using config::joined;
using config::Location;
using config::plain;
using config::Section;
using config::Severity;

constexpr std::array<std::string_view, 5> kUnitFolders{"/etc/systemd/system", "/run/systemd/system",
                                                       "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                                       "/lib/systemd/system"};
// Instances that systemd lets run at a time when a unit does not say.
constexpr std::string_view kUsualConnections = "64";

class Reader {
 public:
  explicit Reader(const config::World& world) : world_(world) {}

  config::Original read(const std::string& path) {
    auto paths = std::vector{path};
    if (world_.path_kind(path) == config::PathKind::directory)
      paths = world_.glob(joined(config::escaped_pattern(path), "*.socket"));
    if (paths.empty() || !paths.front().ends_with(".socket"))
      fatal(path, paths.empty() ? "has no .socket files" : "is no .socket file", "the unit of the socket is imported");
    else
      for (const auto& one : paths) read_socket(one);
    return std::move(original_);
  }

 private:
  void fatal(const std::string& path, std::string message, std::string hint) {
    const auto file = std::make_shared<config::SourceFile>(config::SourceFile{path, {}});
    original_.diagnostics.add(Severity::fatal, {.file = file}, std::move(message), std::move(hint));
  }
  void read_socket(const std::string& path);
  [[nodiscard]] std::optional<Unit> read_unit(const std::string& directory, const std::string& name);
  bool read_file(const std::string& path, Unit& unit);
  [[nodiscard]] std::vector<std::string> folders_of(const std::string& directory) const;
  void add_sections(const Unit& socket, const Unit& service);

  const config::World& world_;
  config::Original original_;
};

bool Reader::read_file(const std::string& path, Unit& unit) {
  auto text = world_.read_file(path, config::kLongestSource);
  if (!text) return false;
  auto file = std::make_shared<config::SourceFile>(config::SourceFile{path, std::move(text->text)});
  read_unit_file(file, unit, original_.diagnostics);
  original_.files.push_back(std::move(file));
  return true;
}

// Where drop-ins and services of units in `directory` may be: there alone, unless it is one of systemd's.
std::vector<std::string> Reader::folders_of(const std::string& directory) const {
  std::vector<std::string> folders{directory};
  if (std::ranges::find(kUnitFolders, directory) == kUnitFolders.end()) return folders;
  for (const auto folder : kUnitFolders)
    if (folder != directory) folders.emplace_back(folder);
  return folders;
}

std::optional<Unit> Reader::read_unit(const std::string& directory, const std::string& name) {
  Unit unit{.name = name, .where = {}, .settings = {}};
  const auto folders = folders_of(directory);
  const bool is_there =
      std::ranges::any_of(folders, [&](const auto& folder) { return read_file(joined(folder, name), unit); });
  if (!is_there) return std::nullopt;
  for (const auto& folder : folders)
    for (const auto& path : world_.glob(joined(config::escaped_pattern(folder), name + ".d/*.conf")))
      read_file(path, unit);
  return unit;
}

void Reader::read_socket(const std::string& path) {
  const std::string directory(config::directory_of(path));
  const std::string name(config::last_component(path));
  const auto socket = read_unit(directory, name);
  if (!socket) return fatal(path, "cannot be read", {});
  if (name.contains('@'))
    return original_.diagnostics.add(Severity::error, socket->where, "a template of sockets is not imported",
                                     "a copy for each instance, without the '@'");
  const auto* accept = socket->find("Socket", "Accept");
  const bool accepts = accept != nullptr && parse_unit_boolean(accept->value).value_or(false);
  const auto* given = socket->find("Socket", "Service");
  const auto wanted = given != nullptr ? given->value : socket->prefix() + (accepts ? "@.service" : ".service");
  if (const auto service = read_unit(directory, wanted)) return add_sections(*socket, *service);
  original_.diagnostics.add(Severity::error, given != nullptr ? given->where : socket->where,
                            fmt::format("there is no {} beside it", wanted));
}

void Reader::add_sections(const Unit& socket, const Unit& service) {
  UnitBuilder builder(world_, original_.diagnostics, service.prefix(), socket.where);
  for (const auto& setting : socket.settings) take_unit_setting(builder, setting);
  for (const auto& setting : service.settings) take_unit_setting(builder, setting);
  finish_unit(builder, service.where);
  const auto places = places_of_unit(builder);
  if (places.empty()) builder.give_up(socket.where, "there is no place to listen at");
  const auto& facts = builder.facts;
  const bool has_stdio = facts.input != nullptr && facts.input->value == "socket";
  if (facts.accepts) builder.imply("instances", plain(std::string(kUsualConnections)));
  if (!facts.accepts) builder.forget("instances");
  builder.imply("wait", plain(facts.accepts ? "no" : "yes"));
  if (!facts.accepts && !has_stdio) builder.imply("pass", plain("listen_fds"));
  builder.imply("user", plain("root"));
  for (const auto& [type, listen, where] : places) {
    Section section{.kind = Section::Kind::service, .name = socket.prefix(), .where = socket.where};
    section.is_bad = builder.is_bad();
    section.settings = builder.settings();
    section.settings.push_back({.name = "listen", .value = listen, .where = where});
    if (type != "stream") section.settings.push_back({.name = "socket_type", .value = plain(type), .where = where});
    if (&type != &places.front().socket_type)
      section.settings.push_back({.name = "id", .value = config::quotable(section.name + "-" + type), .where = where});
    original_.document.sections.push_back(std::move(section));
  }
  if (places.empty())
    original_.document.sections.push_back(
        {.kind = Section::Kind::service, .name = socket.prefix(), .is_bad = true, .where = socket.where});
}

}  // namespace

config::Original read_units(const std::string& path, const config::World& world) { return Reader(world).read(path); }

}  // namespace porterd::migration
