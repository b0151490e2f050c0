// SPDX-License-Identifier: Apache-2.0
#include "migration/import.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/fd.h"
#include "config/codecs_basic.h"
#include "config/compile.h"
#include "config/diff.h"
#include "config/loader.h"
#include "config/paths.h"
#include "config/utf8.h"
#include "config/yaml_reader.h"
#include "migration/lines.h"
#include "migration/report.h"
#include "migration/service_text.h"
#include "migration/unit_reader.h"

namespace porterd::migration {
namespace {

using config::Severity;

/// How a format is read, and what a line of it is.
struct Reading {
  config::Original (*read)(const Request& request, const config::World& world);
  std::vector<Line> (*lines)(const SourceFiles& files);
  std::string_view comment_signs;
};

config::Original read_xinetd(const Request& request, const config::World& world) {
  return config::read_original({.main = {}, .xinetd = {request.path}, .reads_disabled = true}, world);
}

// Of a directory, all files but those that editors and packages leave behind.
config::Original read_inetd(const Request& request, const config::World& world) {
  config::Sources sources{.main = {}, .inetd = {request.path}, .dialect = request.dialect};
  if (world.path_kind(request.path) == config::PathKind::directory) {
    sources.inetd = world.glob(config::joined(config::escaped_pattern(request.path), "*"));
    std::erase_if(sources.inetd, [&](const std::string& path) {
      return path.ends_with('~') || path.contains(".dpkg-") || world.path_kind(path) == config::PathKind::directory;
    });
  }
  return config::read_original(sources, world);
}

config::Original read_systemd(const Request& request, const config::World& world) {
  return read_units(request.path, world);
}

constexpr Reading kReadings[] = {
    {&read_xinetd, &lines_of_xinetd, "#"}, {&read_inetd, &lines_of_inetd, "#"}, {&read_systemd, &lines_of_units, "#;"}};

class Importer {
 public:
  Importer(const Request& request, const config::World& world)
      : request_(request), world_(world), reading_(kReadings[static_cast<std::size_t>(request.format)]) {}

  base::Result<Imported> import() {
    original_ = reading_.read(request_, world_);
    if (original_.diagnostics.has(Severity::fatal)) return base::failure(original_.diagnostics.text());
    config::Diagnostics of_machine;
    const auto compiled = config::compile_services(original_.document, world_, of_machine);
    Comments comments(reading_.comment_signs);
    for (auto& section : original_.document.sections) {
      if (is_in_the_way(section, compiled.services)) {
        disable(section);
        original_.diagnostics.add(
            Severity::warning, section.where,
            "imported with disable: yes, as it cannot run: a service before it has its place or id");
      }
      add(section, comments);
    }
    PORTERD_TRY(check());
    const Remarks remarks{.of_reader = std::move(original_.diagnostics), .of_machine = std::move(of_machine)};
    imported_.report = report(reading_.lines(original_.files), original_.document, remarks);
    return std::move(imported_);
  }

 private:
  // Whether a service is good, but has the place or the id of one before it. Which of both would run must not come to
  // depend on the names of their files.
  [[nodiscard]] bool is_in_the_way(const config::Section& section, const std::vector<config::Service>& running) const {
    if (section.is_bad || std::ranges::find(running, service_id(section), &config::Service::id) != running.end())
      return false;
    config::Diagnostics ignored;
    config::Document alone;
    alone.sections.push_back(section);
    return !config::compile_services(alone, world_, ignored).services.empty();
  }

  static void disable(config::Section& section) {
    auto value = config::plain("yes");
    value.where = section.where;
    section.settings.push_back(
        {.name = "disable", .value = std::move(value), .where = section.where, .is_implied = true});
  }

  void add(config::Section& section, Comments& comments) {
    if (section.kind != config::Section::Kind::service || section.is_bad) return;
    auto text = service_text(section, request_.path, comments);
    if (config::first_bad_byte(text)) {
      section.is_bad = true;
      original_.diagnostics.add(Severity::error, section.where,
                                "its values have bytes that are not UTF-8, which YAML cannot hold",
                                "write them as UTF-8 first");
      return;
    }
    imported_.files.push_back({.name = unused_name(service_id(section)), .text = std::move(text)});
  }

  std::string unused_name(const std::string& id) {
    std::string stem;
    for (const char letter : id) stem += config::is_service_name("x" + std::string(1, letter)) ? letter : '_';
    auto name = stem + ".yaml";
    for (int number = 2; !names_.insert(name).second; ++number) name = fmt::format("{}-{}.yaml", stem, number);
    return name;
  }

  // What was made must mean the same as what it was made from.
  [[nodiscard]] base::Status check() const {
    config::Document document;
    config::Diagnostics diagnostics;
    for (const auto& [name, text] : imported_.files)
      config::read_yaml(std::make_shared<config::SourceFile>(config::SourceFile{name, text}),
                        config::FileRole::services, config::stem_of(name), document, diagnostics);
    config::Diagnostics known;
    const config::Config before{.global = {},
                                .services = config::compile_services(original_.document, world_, known).services};
    const config::Config after{.global = {},
                               .services = config::compile_services(document, world_, diagnostics).services};
    const auto found = config::difference(before, after);
    std::string differing;
    for (const auto* service : found.removed) differing += " " + service->id;
    for (const auto* service : found.added) differing += " " + service->id;
    for (const auto& change : found.changed)
      differing += fmt::format(" {} ({})", change.after->id, fmt::join(change.what.attributes, ", "));
    if (differing.empty()) return {};
    return base::failure("what was made would mean something else, which is a defect of porterd:" + differing + "\n" +
                         diagnostics.text());
  }

  const Request& request_;
  const config::World& world_;
  const Reading& reading_;
  config::Original original_;
  Imported imported_;
  std::set<std::string> names_;
};

base::Status write_file(const std::string& path, const std::string& text, Existing existing) {
  constexpr mode_t kMode = 0644;
  const int mode = existing == Existing::kept ? O_EXCL : O_TRUNC;
  const base::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | mode, kMode));
  if (!file.is_open()) return base::failure_errno("write " + path);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(file.number(), rest.data(), rest.size());
    if (written < 0) return base::failure_errno("write " + path);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

base::Result<Imported> import_services(const Request& request, const config::World& world) {
  return Importer(request, world).import();
}

base::Status write_files(const std::vector<ImportedFile>& files, const std::string& directory, Existing existing) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return base::failure(error.value(), "make the directory " + directory);
  if (existing == Existing::kept)
    for (const auto& file : files)
      if (const auto path = config::joined(directory, file.name); std::filesystem::exists(path, error))
        return base::failure(path + " is there already, and nothing was written; --overwrite replaces it");
  for (const auto& file : files) PORTERD_TRY(write_file(config::joined(directory, file.name), file.text, existing));
  return {};
}

}  // namespace porterd::migration
