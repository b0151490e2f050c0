// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <span>
#include <streambuf>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/utf8.h"

namespace porterd::config {
namespace {

constexpr std::size_t kDeepest = 8;  // {listen: [{path: …}]} is 3 deep
constexpr std::size_t kMostValues = 1'000'000;
constexpr std::size_t kMostRepeated = 10'000;  // values that aliases repeat
constexpr std::size_t kMostDocuments = 20'000;

constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";

// What the handler throws to leave yaml-cpp; caught in this file.
struct TooMuch {
  Location where;
  std::string message;
};

// Reads from memory that outlives it, without the copy that a stringstream makes.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    // The get area is never written to, whatever the type says.
    auto* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

// Places in the text, from yaml-cpp's marks.
class Places {
 public:
  explicit Places(std::shared_ptr<const SourceFile> file) : file_(std::move(file)) {}

  [[nodiscard]] Location at(const YAML::Mark& mark, std::size_t length) const {
    if (mark.is_null()) return {file_};
    return {file_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
            static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
  }
  // The rest of the line from the mark on.
  [[nodiscard]] std::string_view rest(const YAML::Mark& mark) const {
    const auto position = static_cast<std::size_t>(std::max(mark.pos, 0));
    if (mark.is_null() || position >= file_->text.size()) return {};
    const auto text = std::string_view(file_->text).substr(position);
    return text.substr(0, text.find_first_of("\r\n"));
  }
  // A scalar's mark is that of its anchor or tag, where it has one.
  [[nodiscard]] Location scalar(const YAML::Mark& mark, std::string_view text) const {
    const auto line = rest(mark);
    auto value = line;
    while (value.starts_with('&') || value.starts_with('!')) {
      const auto end = value.find_first_not_of(" \t", std::min(value.find_first_of(" \t"), value.size()));
      if (end == std::string_view::npos) return at(mark, line.size());
      value.remove_prefix(end);
    }
    auto where = at(mark, length_of(value, text));
    where.column += static_cast<std::uint32_t>(line.size() - value.size());
    return where;
  }
  [[nodiscard]] Location alias(const YAML::Mark& mark) const {
    const auto line = rest(mark);
    return at(mark, line.substr(0, line.find_first_of(" \t,]}")).size());
  }
  [[nodiscard]] Location start(const YAML::Mark& mark) const { return at(mark, 1); }
  [[nodiscard]] Location whole() const { return {file_}; }

 private:
  // How much of the line a scalar takes.
  static std::size_t length_of(std::string_view line, std::string_view text) {
    if (line.starts_with(text)) return text.size();
    if (line.starts_with('"') || line.starts_with('\'')) {
      std::size_t end = 1;
      while (end < line.size() && line[end] != line.front()) end += line[end] == '\\' ? 2U : 1U;
      return std::min(end + 1, line.size());
    }
    return base::trim(line.substr(0, line.find(" #"))).size();
  }

  std::shared_ptr<const SourceFile> file_;
};

enum class Quotes : std::uint8_t { matter, do_not_matter };

// Builds one document's Value from yaml-cpp's events.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Places& places, Quotes quotes, Diagnostics& diagnostics)
      : places_(places), quotes_(quotes), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    start_ = places_.start(mark);
    root_ = {};
    root_.where = start_;
    open_.clear();
    anchors_.clear();
    is_bad_ = false;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Value::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Value::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { end(); }

  // How bad errors in the next document are.
  void expect(Severity severity) { severity_ = severity; }
  // The document, and whether an error was reported in it.
  [[nodiscard]] std::pair<Value, bool> take() { return {std::move(root_), is_bad_}; }

 private:
  struct Open {
    Value value;
    std::optional<Value> key;  // of a map, while its value is awaited
    YAML::anchor_t anchor = YAML::NullAnchor;
  };

  void complain(const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.add(severity_, where, std::move(message), std::move(hint));
    is_bad_ = true;
  }
  void count(std::size_t values, const Location& where) {
    count_ += values;
    if (count_ > kMostValues) throw TooMuch{where, fmt::format("more than {} values", kMostValues)};
  }
  [[nodiscard]] bool awaits_key() const {
    return !open_.empty() && open_.back().value.kind == Value::Kind::map && !open_.back().key;
  }
  void begin(Value::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void end();
  void check_tag(const std::string& tag, const Location& where);
  void add(Value value, YAML::anchor_t anchor);
  void add_key(Value key);
  void check_duplicates(const Value& map);

  const Places& places_;
  const Quotes quotes_;
  Diagnostics& diagnostics_;
  Severity severity_ = Severity::error;
  Value root_;
  Location start_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Value> anchors_;
  std::size_t count_ = 0;
  std::size_t repeated_ = 0;
  bool is_bad_ = false;
};

std::size_t size_of(const Value& value) {
  std::size_t size = 1;
  for (const auto& item : value.items) size += size_of(item);
  for (const auto& [key, entry] : value.entries) size += 1 + size_of(entry);
  return size;
}

std::size_t depth_of(const Value& value) {
  std::size_t depth = 0;
  for (const auto& item : value.items) depth = std::max(depth, depth_of(item));
  for (const auto& [key, entry] : value.entries) depth = std::max(depth, depth_of(entry));
  return depth + (value.kind == Value::Kind::scalar ? 0 : 1);
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  // yaml-cpp says the same for "null", "~" and nothing at all, whose mark is then that of the next token.
  Value value;
  value.where = open_.empty() || !open_.back().key ? places_.start(mark) : open_.back().key->where;
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    auto rest = places_.rest(mark);
    if (!rest.starts_with(word)) continue;
    rest = base::trim(rest.substr(word.size()));
    if (!awaits_key() && rest.starts_with(':')) break;
    value.text = word;
    value.where = places_.scalar(mark, word);
    break;
  }
  add(std::move(value), anchor);
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto where = places_.alias(mark);
  const auto known = anchors_.find(anchor);
  if (known == anchors_.end()) throw TooMuch{where, "an alias within what it stands for"};
  repeated_ += size_of(known->second);
  if (repeated_ > kMostRepeated) throw TooMuch{where, fmt::format("aliases repeat more than {} values", kMostRepeated)};
  if (open_.size() + depth_of(known->second) > kDeepest) throw TooMuch{where, "nested too deeply"};
  auto value = known->second;
  value.where = where;
  add(std::move(value), YAML::NullAnchor);
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) {
  Value value;
  value.text = text;
  value.where = places_.scalar(mark, text);
  // Without its quotes an empty text would be no value at all.
  value.is_quoted = (quotes_ == Quotes::matter || text.empty()) && (tag == "!" || tag == kStringTag);
  check_tag(tag, value.where);
  count(1, value.where);
  add(std::move(value), anchor);
}

void Builder::check_tag(const std::string& tag, const Location& where) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == kStringTag) return;
  complain(where, fmt::format("tags such as '{}' are not taken", tag));
}

void Builder::begin(Value::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
  Open open;
  open.value.kind = kind;
  open.value.where = places_.start(mark);
  open.anchor = anchor;
  check_tag(tag, open.value.where);
  count(1, open.value.where);
  if (open_.size() >= kDeepest) throw TooMuch{open.value.where, "nested too deeply"};
  open_.push_back(std::move(open));
}

void Builder::end() {
  auto done = std::move(open_.back());
  open_.pop_back();
  if (done.value.kind == Value::Kind::map) check_duplicates(done.value);
  add(std::move(done.value), done.anchor);
}

void Builder::add(Value value, YAML::anchor_t anchor) {
  if (anchor != YAML::NullAnchor) {
    repeated_ += size_of(value);
    if (repeated_ > kMostRepeated) throw TooMuch{value.where, "too many values with anchors"};
    anchors_.insert_or_assign(anchor, value);
  }
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (awaits_key()) {
    add_key(std::move(value));
  } else if (open_.back().value.kind == Value::Kind::map) {
    open_.back().value.entries.emplace_back(std::move(*open_.back().key), std::move(value));
    open_.back().key.reset();
  } else {
    open_.back().value.items.push_back(std::move(value));
  }
}

void Builder::add_key(Value key) {
  if (key.kind != Value::Kind::scalar) {
    complain(key.where, "a key is a single word here");
    key = Value{.where = key.where};
  }
  open_.back().key = std::move(key);
}

void Builder::check_duplicates(const Value& map) {
  std::vector<const Value*> keys;
  for (const auto& [key, value] : map.entries) keys.push_back(&key);
  // Of equal keys the one written first comes first.
  std::ranges::sort(keys, [](const Value* one, const Value* other) {
    return one->text == other->text ? std::less<>()(one, other) : one->text < other->text;
  });
  for (std::size_t index = 1; index < keys.size(); ++index)
    if (!keys[index]->text.empty() && keys[index - 1]->text == keys[index]->text)
      complain(keys[index]->where, fmt::format("'{}' stands here twice", keys[index]->text),
               fmt::format("the first time in line {}", keys[index - 1]->where.line));
}

// "only_from +" is the name only_from and the operator +=.
Setting setting_of(Value key, Value value) {
  Setting setting{.name = std::move(key.text), .value = std::move(value), .where = std::move(key.where)};
  if (setting.name.ends_with('+')) setting.op = Operator::add;
  if (setting.name.ends_with('-')) setting.op = Operator::remove;
  if (setting.op != Operator::assign) {
    setting.name.pop_back();
    setting.name = base::trim(setting.name);
    setting.where.length = static_cast<std::uint32_t>(setting.name.size());
  }
  return setting;
}

// Turns one file's documents into sections.
class Reader {
 public:
  Reader(const std::shared_ptr<const SourceFile>& file, FileRole role, std::string_view name, Document& document,
         Diagnostics& diagnostics)
      : places_(file), file_(*file), role_(role), name_(name), document_(document), diagnostics_(diagnostics) {}

  void read();

 private:
  [[nodiscard]] bool is_text();
  void read_documents();
  void report_syntax(const YAML::Exception& error);
  [[nodiscard]] std::string syntax_hint(const YAML::Mark& mark) const;
  void fail(Location where, std::string message, std::string hint = {}) {
    const auto severity = role_ == FileRole::main ? Severity::fatal : Severity::error;
    diagnostics_.add(severity, where, std::move(message), std::move(hint));
    // What could not be read might have restricted the service: it must not run without.
    if (role_ != FileRole::main) add_bad_section(std::move(where));
  }
  void add_bad_section(Location where) {
    const auto kind = role_ == FileRole::drop_in ? Section::Kind::drop_in : Section::Kind::service;
    document_.sections.push_back({.kind = kind, .name = std::string(name_), .is_bad = true, .where = std::move(where)});
  }

  void add_document(Value root, bool is_bad, std::size_t number);
  void add_main(Value root, bool is_bad);
  void add_services(Value services);
  void add_section(Section::Kind kind, std::string name, Value map, bool is_bad);

  const Places places_;
  const SourceFile& file_;
  const FileRole role_;
  const std::string_view name_;
  Document& document_;
  Diagnostics& diagnostics_;
};

void Reader::read() {
  if (!is_text()) return;
  try {
    read_documents();
  } catch (const TooMuch& error) {
    fail(error.where, error.message);
  } catch (const YAML::Exception& error) {
    report_syntax(error);
  } catch (const std::exception& error) {
    fail(places_.whole(), fmt::format("cannot be read as YAML: {}", error.what()));
  }
}

bool Reader::is_text() {
  if (file_.text.size() > kLongestSource) {
    fail(places_.whole(), fmt::format("longer than {} bytes", kLongestSource));
    return false;
  }
  const auto bad = first_bad_byte(file_.text);
  if (!bad) return true;
  const auto before = std::string_view(file_.text).substr(0, *bad);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
  const auto newline = before.rfind('\n');
  const auto column = static_cast<std::uint32_t>(newline == std::string_view::npos ? *bad + 1 : *bad - newline);
  auto where = places_.whole();
  where.line = line;
  where.column = column;
  fail(where, "not a text: neither NUL nor anything but UTF-8 is taken");
  return false;
}

void Reader::read_documents() {
  MemoryBuffer buffer(file_.text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  const auto quotes = file_.path.ends_with(".json") ? Quotes::do_not_matter : Quotes::matter;
  Builder builder(places_, quotes, diagnostics_);
  std::size_t number = 0;
  builder.expect(role_ == FileRole::main ? Severity::fatal : Severity::error);
  while (parser.HandleNextDocument(builder)) {
    auto [root, is_bad] = builder.take();
    add_document(std::move(root), is_bad, number);
    builder.expect(Severity::error);
    if (++number > kMostDocuments)
      throw TooMuch{places_.whole(), fmt::format("more than {} documents", kMostDocuments)};
  }
  if (number == 0 && role_ == FileRole::main) add_main({.kind = Value::Kind::map, .where = places_.whole()}, false);
}

void Reader::report_syntax(const YAML::Exception& error) {
  auto where = places_.start(error.mark);
  fail(where, fmt::format("not YAML: {}", error.msg), syntax_hint(error.mark));
}

std::string Reader::syntax_hint(const YAML::Mark& mark) const {
  if (mark.is_null()) return {};
  const auto lines = base::split(file_.text, '\n');
  // The parser notices a tab only at the token after it.
  for (int line = std::max(mark.line - 1, 0); line <= mark.line; ++line) {
    if (static_cast<std::size_t>(line) >= lines.size()) break;
    const auto text = lines[static_cast<std::size_t>(line)];
    const auto indent = text.substr(0, text.find_first_not_of(" \t"));
    if (indent.contains('\t')) return fmt::format("line {} is indented by a tab; YAML wants blanks", line + 1);
  }
  const auto rest = places_.rest(mark);
  if (rest.starts_with('%') || rest.starts_with('@') || rest.starts_with('`') || rest.starts_with('*'))
    return fmt::format("a value that begins with {} needs quotes", rest.front());
  return {};
}

void Reader::add_document(Value root, bool is_bad, std::size_t number) {
  const bool is_main = role_ == FileRole::main && number == 0;
  if (root.kind == Value::Kind::scalar && root.text.empty()) {
    if (is_main) add_main({.kind = Value::Kind::map, .where = root.where}, is_bad);
    return;
  }
  if (root.kind != Value::Kind::map) {
    fail(root.where, is_main ? "the settings of porterd are a map" : "a service is a map of attributes", "NAME: VALUE");
    return;
  }
  if (is_main) {
    add_main(std::move(root), is_bad);
  } else if (role_ == FileRole::drop_in) {
    add_section(Section::Kind::drop_in, std::string(name_), std::move(root), is_bad);
  } else {
    add_section(Section::Kind::service, std::string(role_ == FileRole::main ? "" : name_), std::move(root), is_bad);
  }
}

void Reader::add_main(Value root, bool is_bad) {
  Value global{.kind = Value::Kind::map, .where = root.where};
  std::vector<Value> services;
  std::vector<Value> defaults;
  for (auto& entry : root.entries) {
    if (entry.first.text == "defaults") {
      defaults.push_back(std::move(entry.second));
    } else if (entry.first.text == "services") {
      services.push_back(std::move(entry.second));
    } else {
      global.entries.push_back(std::move(entry));
    }
  }
  add_section(Section::Kind::global, "", std::move(global), is_bad);
  for (auto& map : defaults) add_section(Section::Kind::defaults, "", std::move(map), is_bad);
  for (auto& list : services) add_services(std::move(list));
}

void Reader::add_services(Value services) {
  if (services.kind != Value::Kind::list) {
    fail(services.where, "'services' is a list of maps");
    return;
  }
  for (auto& item : services.items) add_section(Section::Kind::service, "", std::move(item), false);
}

void Reader::add_section(Section::Kind kind, std::string name, Value map, bool is_bad) {
  Section section{.kind = kind, .name = std::move(name), .is_bad = is_bad, .where = map.where};
  if (map.kind == Value::Kind::scalar && map.text.empty()) map.kind = Value::Kind::map;
  if (map.kind != Value::Kind::map) {
    fail(map.where, "a map of attributes is wanted here", "NAME: VALUE");
    return;
  }
  std::vector<Setting> settings;
  for (auto& [key, value] : map.entries) settings.push_back(setting_of(std::move(key), std::move(value)));
  for (const auto op : {Operator::assign, Operator::add, Operator::remove})
    for (auto& setting : settings)
      if (setting.op == op) section.settings.push_back(std::move(setting));
  document_.sections.push_back(std::move(section));
}

}  // namespace

void read_yaml(const std::shared_ptr<const SourceFile>& file, FileRole role, std::string_view name, Document& document,
               Diagnostics& diagnostics) {
  Reader(file, role, name, document, diagnostics).read();
}

}  // namespace porterd::config
