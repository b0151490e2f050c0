// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "base/text.h"
#include "config/paths.h"
#include "config/xinetd_entry.h"
#include "config/xinetd_service.h"

namespace porterd::config {
namespace {

constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kDeepest = 16;

using base::equal_ignoring_case;

bool is_skipped(std::string_view name) { return name.contains('.') || name.ends_with('~'); }

class Reader {
 public:
  Reader(const OpenSource& open, const World& world, XinetdDisabled disabled, Diagnostics& diagnostics)
      : open_(open), world_(world), disabled_(disabled), diagnostics_(diagnostics) {}

  void read(const std::shared_ptr<const SourceFile>& file);
  void add_sections(Document& document);

 private:
  void read_entry(const XinetdLine& line, XinetdLines& lines, bool& has_defaults);
  void read_service(const XinetdWord& name, XinetdLines& lines);
  void read_defaults(const Location& where, XinetdLines& lines, bool& has_defaults);
  [[nodiscard]] bool read_opening(const XinetdWord& keyword, std::string_view what, XinetdLines& lines);
  [[nodiscard]] bool read_body(XinetdEntry& entry, XinetdLines& lines);
  void skip_entry(XinetdLines& lines);
  void include(const XinetdWord& name);
  void include_directory(const XinetdWord& name);
  void include_file(const std::string& path, const Location& where);
  [[nodiscard]] std::string from_root(const XinetdWord& path);
  void error(const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.add(Severity::error, where, std::move(message), std::move(hint));
  }

  const OpenSource& open_;
  const World& world_;
  const XinetdDisabled disabled_;
  Diagnostics& diagnostics_;
  XinetdEntry defaults_{Location()};
  std::deque<XinetdEntry> services_;
  std::vector<std::string> path_to_here_;  // of files that include each other
  std::size_t files_ = 0;
};

void Reader::read(const std::shared_ptr<const SourceFile>& file) {
  path_to_here_.push_back(file->path);
  XinetdLines lines(file);
  bool has_defaults = false;
  while (const auto line = lines.next()) read_entry(*line, lines, has_defaults);
  path_to_here_.pop_back();
}

void Reader::read_entry(const XinetdLine& line, XinetdLines& lines, bool& has_defaults) {
  const auto words = line.words();
  // A line of form feeds alone has been skipped; one that begins with a form feed has a word all the same.
  const auto& keyword = words.front();
  if (equal_ignoring_case(keyword.text, "defaults")) {
    if (read_opening(keyword, "defaults", lines)) return read_defaults(keyword.where, lines, has_defaults);
    return skip_entry(lines);
  }
  const bool is_service = equal_ignoring_case(keyword.text, "service");
  const bool is_directory = equal_ignoring_case(keyword.text, "includedir");
  if (!is_service && !is_directory && !equal_ignoring_case(keyword.text, "include")) {
    error(keyword.where, fmt::format("'{}' begins no entry: everything up to the next '}}' is left out", keyword.text),
          "service NAME, defaults, include FILE or includedir DIRECTORY");
    return skip_entry(lines);
  }
  if (words.size() < 2) {
    error(keyword.where, fmt::format("no name follows '{}': everything up to the next '}}' is left out", keyword.text));
    return skip_entry(lines);
  }
  if (is_directory) return include_directory(words[1]);
  if (!is_service) return include(words[1]);
  if (words.size() > 2)
    diagnostics_.add(Severity::warning, words[2].where, fmt::format("'{}' after the name is ignored", words[2].text));
  if (read_opening(words[1], words[1].text, lines)) return read_service(words[1], lines);
  services_.emplace_back(words[1], defaults_).drop();
  skip_entry(lines);
}

bool Reader::read_opening(const XinetdWord& keyword, std::string_view what, XinetdLines& lines) {
  const auto line = lines.next();
  if (line && line->is_only('{')) return true;
  error(keyword.where, fmt::format("no line with '{{' alone follows '{}': the entry is left out", what),
        "the '{' stands on the next line, by itself");
  return false;
}

void Reader::read_service(const XinetdWord& name, XinetdLines& lines) {
  auto& entry = services_.emplace_back(name, defaults_);
  if (read_body(entry, lines)) return;
  if (!entry.is_disabled()) entry.drop();
  skip_entry(lines);
}

void Reader::read_defaults(const Location& where, XinetdLines& lines, bool& has_defaults) {
  if (has_defaults) {
    error(where, "a file has only one 'defaults': this one is ignored");
    return skip_entry(lines);
  }
  if (read_body(defaults_, lines)) {
    has_defaults = true;
  } else {
    skip_entry(lines);
  }
  diagnostics_.append(std::move(defaults_.found));
}

// Whether the entry was read to its end.
bool Reader::read_body(XinetdEntry& entry, XinetdLines& lines) {
  while (const auto line = lines.next()) {
    if (line->is_only('}')) return true;
    const auto assignment = parse_xinetd_assignment(*line);
    if (!assignment) {
      const auto& rejection = assignment.error();
      error(rejection.where, rejection.message + ": the whole entry is left out", rejection.hint);
      return false;
    }
    entry.apply(*assignment, world_);
    if (entry.is_disabled() && disabled_ == XinetdDisabled::skipped) return false;
  }
  error(entry.where(), "the entry has no '}': it is left out");
  return false;
}

void Reader::skip_entry(XinetdLines& lines) {
  while (const auto line = lines.next())
    if (line->is_only('}')) return;
}

std::string Reader::from_root(const XinetdWord& path) {
  if (path.text.starts_with('/')) return std::string(path.text);
  auto absolute = fmt::format("/{}", path.text);
  diagnostics_.add(Severity::warning, path.where, fmt::format("'{}' is not an absolute path", path.text),
                   fmt::format("taken as {}", absolute));
  return absolute;
}

void Reader::include(const XinetdWord& name) { include_file(from_root(name), name.where); }

void Reader::include_directory(const XinetdWord& name) {
  const auto directory = from_root(name);
  if (world_.path_kind(directory) != PathKind::directory)
    return error(name.where, fmt::format("{} is not a directory that can be read", directory));
  for (const auto& path : world_.glob(joined(escaped_pattern(directory), "*")))
    if (!is_skipped(last_component(path)) && world_.path_kind(path) != PathKind::directory)
      include_file(path, name.where);
}

void Reader::include_file(const std::string& path, const Location& where) {
  if (std::ranges::find(path_to_here_, path) != path_to_here_.end())
    return error(where, fmt::format("{} includes itself: it is not read again", path));
  if (path_to_here_.size() >= kDeepest || ++files_ > kMostFiles)
    return error(where, fmt::format("{} is not read: too many files include each other", path));
  if (const auto file = open_(path, where)) read(file);
}

void Reader::add_sections(Document& document) {
  XinetdSections sections(defaults_, disabled_, world_, diagnostics_);
  for (auto& service : services_) document.sections.push_back(sections.make(service));
}

}  // namespace

void read_xinetd(const std::shared_ptr<const SourceFile>& file, const OpenSource& open, const World& world,
                 XinetdDisabled disabled, Document& document, Diagnostics& diagnostics) {
  Reader reader(open, world, disabled, diagnostics);
  reader.read(file);
  reader.add_sections(document);
}

}  // namespace porterd::config
