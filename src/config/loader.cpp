// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "config/compile.h"
#include "config/document.h"
#include "config/inetd_reader.h"
#include "config/paths.h"
#include "config/wrapper_files.h"
#include "config/xinetd_reader.h"
#include "config/yaml_reader.h"

namespace porterd::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDropInSuffix = ".d";

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

class Loader {
 public:
  Loader(const Sources& sources, const World& world) : sources_(sources), world_(world) {}

  Loaded load() {
    read_main();
    loaded_.config.global = compile_global(document_, world_, loaded_.diagnostics);
    read_included();
    for (const auto& path : sources_.services) read_services(path, {});
    read_others();
    if (sources_.service) document_.sections.push_back(*sources_.service);
    read_drop_ins();
    auto compiled = compile_services(document_, world_, loaded_.diagnostics);
    loaded_.config.services = std::move(compiled.services);
    loaded_.left_out = std::move(compiled.left_out);
    list_bad_entries();
    loaded_.config.global.include.clear();
    forget_texts();
    return std::move(loaded_);
  }

  Original original() {
    read_others();
    return {std::move(document_), std::move(loaded_.diagnostics), std::move(texts_)};
  }

 private:
  void read_main();
  void read_others();
  void read_included();
  void expect_drop_ins(std::string_view directory, std::string_view included);
  void read_pattern(const std::string& pattern, const Location& where);
  void read_services(const std::string& path, const Location& where);
  void read_xinetd_file(const std::string& path);
  void read_inetd();
  [[nodiscard]] InetdDefaults inetd_defaults(const std::string& path);
  [[nodiscard]] std::vector<std::string> inetd_files() const;
  [[nodiscard]] std::vector<std::shared_ptr<const SourceFile>> open_inetd(const std::string& pattern,
                                                                          const Location& where);
  [[nodiscard]] std::shared_ptr<const SourceFile> open_entries(const std::string& path, Severity severity,
                                                               const Location& where);
  void list_bad_entries();
  void read_drop_ins();
  void read_drop_ins_of(const std::string& directory);
  [[nodiscard]] std::shared_ptr<SourceFile> open(const std::string& path, Severity severity, const Location& where);
  [[nodiscard]] std::string distrust(const FileText& file) const;
  void forget_texts();

  const Sources& sources_;
  const World& world_;
  Document document_;
  Loaded loaded_;
  std::vector<std::shared_ptr<const SourceFile>> texts_;  // of other super-daemons
  std::unordered_set<std::string> seen_;
  std::vector<std::string> directories_;  // of service files, each once
};

// Why a file is not to be trusted, or nothing.
std::string Loader::distrust(const FileText& file) const {
  if (world_.uid() != 0) return {};
  constexpr mode_t kWorldWritable = 0002;
  if ((file.mode & kWorldWritable) != 0) return "not read: everybody may write to it";
  if (file.owner != 0) return fmt::format("not read: it belongs to user {}, not to root", file.owner);
  return {};
}

std::shared_ptr<SourceFile> Loader::open(const std::string& path, Severity severity, const Location& where) {
  auto named = std::make_shared<SourceFile>(SourceFile{path, {}});
  if (path == "/dev/null") return named;  // as good as an empty file, and often used for one
  auto file = world_.read_file(path, kLongestSource);
  auto complaint = file ? distrust(*file) : fmt::format("cannot be read: {}", file.error().text());
  if (!complaint.empty()) {
    // A file that nobody named by hand is shown itself, one that is named at its name.
    auto hint = where.file ? fmt::format("named at {}", where.text()) : std::string();
    loaded_.diagnostics.add(severity, Location{.file = std::move(named)}, std::move(complaint), std::move(hint));
    return nullptr;
  }
  loaded_.files.push_back(path);
  if (file->text.starts_with(kByteOrderMark)) file->text.erase(0, kByteOrderMark.size());
  named->text = std::move(file->text);
  return named;
}

void Loader::read_main() {
  if (sources_.text) {
    const auto file = std::make_shared<SourceFile>(SourceFile{sources_.main, *sources_.text});
    read_yaml(file, FileRole::main, {}, document_, loaded_.diagnostics);
    return;
  }
  if (sources_.main.empty()) return;
  if (sources_.is_main_optional && world_.path_kind(sources_.main) == PathKind::missing) return;
  seen_.insert(sources_.main);
  if (const auto file = open(sources_.main, Severity::fatal, {}))
    read_yaml(file, FileRole::main, {}, document_, loaded_.diagnostics);
  const bool has_services = std::ranges::any_of(
      document_.sections, [](const auto& section) { return section.kind == Section::Kind::service; });
  if (has_services) directories_.emplace_back(directory_of(sources_.main));
}

void Loader::read_included() {
  if (sources_.main.empty()) return;
  Location where;
  for (const auto& section : document_.sections)
    for (const auto& setting : section.settings)
      if (section.kind == Section::Kind::global && setting.name == "include") where = setting.where;
  const auto directory = directory_of(sources_.main);
  const bool has_foreign = !sources_.inetd.empty() || !sources_.xinetd.empty();
  for (const auto& pattern : loaded_.config.global.include) {
    if (has_foreign && !sources_.text) expect_drop_ins(directory, directory_of(pattern));
    if (pattern.starts_with('/')) {
      read_pattern(pattern, where);
    } else if (!sources_.text) {
      read_pattern(is_pattern(pattern) ? joined(escaped_pattern(directory), pattern) : joined(directory, pattern),
                   where);
    }
  }
}

// Services of other files may have drop-ins where there is no service of our own.
void Loader::expect_drop_ins(std::string_view directory, std::string_view included) {
  if (is_pattern(included)) return;
  auto path = included.starts_with('/') ? std::string(included) : joined(directory, included);
  if (included == ".") path = directory;
  if (std::ranges::find(directories_, path) == directories_.end()) directories_.push_back(std::move(path));
}

void Loader::read_pattern(const std::string& pattern, const Location& where) {
  if (!is_pattern(pattern)) return read_services(pattern, where);
  for (const auto& path : world_.glob(pattern)) read_services(path, {});
}

void Loader::read_services(const std::string& path, const Location& where) {
  if (!seen_.insert(path).second) return;
  std::string directory(directory_of(path));
  if (std::ranges::find(directories_, directory) == directories_.end()) directories_.push_back(std::move(directory));
  if (const auto file = open(path, Severity::error, where))
    read_yaml(file, FileRole::services, stem_of(path), document_, loaded_.diagnostics);
}

void Loader::read_others() {
  for (const auto& path : sources_.xinetd) read_xinetd_file(path);
  read_inetd();
}

void Loader::read_xinetd_file(const std::string& path) {
  const auto open_file = [this](const std::string& named, Severity severity, const Location& where) {
    auto file = open(named, severity, where);
    if (file) file->is_by_entry = true;
    if (file) texts_.push_back(file);
    return file;
  };
  const auto file = world_.path_kind(path) == PathKind::directory
                        ? std::make_shared<SourceFile>(SourceFile{path, fmt::format("includedir {}\n", path)})
                        : open_file(path, Severity::fatal, {});
  if (!file) return;
  const auto open_included = [&](const std::string& included, const Location& where) {
    return open_file(included, Severity::error, where);
  };
  const auto disabled = sources_.reads_disabled ? XinetdDisabled::read : XinetdDisabled::skipped;
  read_xinetd(file, open_included, world_, disabled, document_, loaded_.diagnostics);
}

void Loader::read_inetd() {
  const auto paths = inetd_files();
  if (paths.empty()) return;
  const auto include = [this](const std::string& pattern, const Location& where) {
    if (pattern.starts_with('/')) return open_inetd(pattern, where);
    const auto directory = directory_of(where.file->path);
    return open_inetd(joined(is_pattern(pattern) ? escaped_pattern(directory) : directory, pattern), where);
  };
  InetdReader reader(sources_.dialect, inetd_defaults(paths.front()), include, loaded_.diagnostics);
  for (const auto& path : paths)
    if (const auto file = open_entries(path, Severity::fatal, {})) reader.read(file);
  reader.finish(document_);
}

// Where nobody can ask hosts.allow and hosts.deny, and they refuse nobody, there is no need to.
InetdDefaults Loader::inetd_defaults(const std::string& path) {
  auto defaults = sources_.inetd_defaults;
  if (!defaults.asks_wrappers || can_ask_wrappers(world_) || wrappers_may_refuse(world_)) return defaults;
  loaded_.diagnostics.add(Severity::warning, Location{.file = std::make_shared<SourceFile>(SourceFile{path, {}})},
                          fmt::format("hosts.allow and hosts.deny are not asked about its services: there is no {}; as "
                                      "soon as they have rules that refuse somebody, a reload leaves its services out",
                                      world_.helper_path("porterd-tcpd")),
                          "install it");
  defaults.asks_wrappers = false;
  return defaults;
}

// Those that are given, with what stands in directories.
std::vector<std::string> Loader::inetd_files() const {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (world_.path_kind(path) != PathKind::directory) return files.push_back(path);
    for (auto& inside : world_.glob(joined(escaped_pattern(path), "*")))
      if (!inside.ends_with('~') && world_.path_kind(inside) != PathKind::directory) files.push_back(std::move(inside));
  };
  for (const auto& path : sources_.inetd) add(path);
  for (const auto& path : sources_.inetd_if_there)
    if (world_.path_kind(path) != PathKind::missing) add(path);
  return files;
}

std::vector<std::shared_ptr<const SourceFile>> Loader::open_inetd(const std::string& pattern, const Location& where) {
  std::vector<std::shared_ptr<const SourceFile>> files;
  const auto paths = is_pattern(pattern) ? world_.glob(pattern) : std::vector{pattern};
  for (const auto& path : paths)
    if (auto file = open_entries(path, Severity::error, where)) files.push_back(std::move(file));
  return files;
}

// A file that is read by entries, each file once.
std::shared_ptr<const SourceFile> Loader::open_entries(const std::string& path, Severity severity,
                                                       const Location& where) {
  // "../inetd.conf" must be known as what it is.
  const auto normal = std::filesystem::path(path).lexically_normal().string();
  if (!seen_.insert(normal).second) return nullptr;
  auto file = open(normal, severity, where);
  if (file) file->is_by_entry = true;
  if (file) texts_.push_back(file);
  return file;
}

void Loader::list_bad_entries() {
  std::unordered_set<std::string> good;
  for (const auto& service : loaded_.config.services) good.insert(service.id);
  for (const auto& section : document_.sections) {
    if (section.kind != Section::Kind::service || !section.where.file || !section.where.file->is_by_entry) continue;
    const auto is_off = [](const Setting& setting) { return setting.name == "disable" && setting.value.text == "yes"; };
    if (!good.contains(id_of(section)) && std::ranges::none_of(section.settings, is_off))
      loaded_.bad_entries.push_back(id_of(section));
  }
}

void Loader::read_drop_ins() {
  for (const auto& directory : directories_) read_drop_ins_of(directory);
}

void Loader::read_drop_ins_of(const std::string& directory) {
  for (const auto& path : world_.glob(joined(escaped_pattern(directory), "*.d/*.yaml"))) {
    auto id = last_component(directory_of(path));
    id.remove_suffix(kDropInSuffix.size());
    // conf.d is where services live: its files look like drop-ins for a service "conf" beside porterd.yaml.
    if (id == "conf" || !seen_.insert(path).second) continue;
    const auto file = open(path, Severity::error, {});
    if (file) {
      read_yaml(file, FileRole::drop_in, id, document_, loaded_.diagnostics);
      continue;
    }
    // It may restrict the service, which must not run without it.
    document_.sections.push_back({.kind = Section::Kind::drop_in, .name = std::string(id), .is_bad = true});
  }
}

// The configuration stays in memory as long as the daemon runs; the texts it came from need not.
void Loader::forget_texts() {
  std::unordered_map<const SourceFile*, std::shared_ptr<const SourceFile>> names;
  for (auto& service : loaded_.config.services) {
    auto& file = service.where.file;
    if (!file) continue;
    auto& named = names[file.get()];
    if (!named) named = std::make_shared<SourceFile>(SourceFile{file->path, {}, file->is_by_entry});
    file = named;
  }
}

}  // namespace

Original read_original(const Sources& sources, const World& world) { return Loader(sources, world).original(); }

Loaded load(const Sources& sources, const World& world, Strictness strictness) {
  auto loaded = Loader(sources, world).load();
  if (strictness == Strictness::strict) loaded.diagnostics.raise_errors();
  return loaded;
}

}  // namespace porterd::config
