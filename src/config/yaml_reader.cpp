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
#include <optional>
#include <streambuf>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/places.h"
#include "config/sections.h"
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

// A syntax error may have no mark; it then stands at the beginning.
Mark mark_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(std::max(mark.pos, 0)), static_cast<std::uint32_t>(std::max(mark.line, 0)),
          static_cast<std::uint32_t>(std::max(mark.column, 0))};
}

enum class Quotes : std::uint8_t { matter, do_not_matter };

// Builds one document's Value from yaml-cpp's events.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Places& places, Quotes quotes, Diagnostics& diagnostics)
      : places_(places), quotes_(quotes), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    start_ = places_.at(mark_of(mark));
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
  value.where = open_.empty() || !open_.back().key ? places_.at(mark_of(mark)) : open_.back().key->where;
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    auto rest = places_.rest(mark_of(mark));
    if (!rest.starts_with(word)) continue;
    rest = base::trim(rest.substr(word.size()));
    if (!awaits_key() && rest.starts_with(':')) break;
    value.text = word;
    value.where = places_.scalar(mark_of(mark), word);
    break;
  }
  add(std::move(value), anchor);
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto where = places_.alias(mark_of(mark));
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
  value.where = places_.scalar(mark_of(mark), text);
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
  open.value.where = places_.at(mark_of(mark));
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
  if (key.text == "<<" && !key.is_quoted)
    complain(key.where, "merge keys ('<<') are not taken", "write the attributes out, or put them into defaults");
  open_.back().key = std::move(key);
}

void Builder::check_duplicates(const Value& map) {
  std::vector<const Value*> keys;
  keys.reserve(map.entries.size());
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

// Reads one file.
class Reader {
 public:
  Reader(const std::shared_ptr<const SourceFile>& file, FileRole role, std::string_view name, Document& document,
         Diagnostics& diagnostics)
      : places_(file), file_(*file), sections_(role, name, document, diagnostics), diagnostics_(diagnostics) {}

  void read();

 private:
  [[nodiscard]] bool is_text();
  void read_documents();
  [[nodiscard]] std::string syntax_hint(const Mark& mark) const;

  const Places places_;
  const SourceFile& file_;
  SectionMaker sections_;
  Diagnostics& diagnostics_;
};

void Reader::read() {
  if (!is_text()) return;
  try {
    read_documents();
  } catch (const TooMuch& error) {
    sections_.fail(error.where, error.message);
  } catch (const YAML::Exception& error) {
    const auto mark = mark_of(error.mark);
    sections_.fail(places_.at(mark), fmt::format("not YAML: {}", error.msg), syntax_hint(mark));
  } catch (const std::exception& error) {
    sections_.fail(places_.whole(), fmt::format("cannot be read as YAML: {}", error.what()));
  }
}

bool Reader::is_text() {
  if (file_.text.size() > kLongestSource) {
    sections_.fail(places_.whole(), fmt::format("longer than {} bytes", kLongestSource));
    return false;
  }
  const auto bad = first_bad_byte(file_.text);
  if (bad) sections_.fail(places_.byte(*bad), "not a text: neither NUL nor anything but UTF-8 is taken");
  return !bad;
}

void Reader::read_documents() {
  MemoryBuffer buffer(file_.text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  const auto quotes = file_.path.ends_with(".json") ? Quotes::do_not_matter : Quotes::matter;
  Builder builder(places_, quotes, diagnostics_);
  builder.expect(sections_.severity());
  while (parser.HandleNextDocument(builder)) {
    auto [root, is_bad] = builder.take();
    sections_.add(std::move(root), is_bad);
    builder.expect(sections_.severity());
    if (sections_.count() > kMostDocuments)
      throw TooMuch{places_.whole(), fmt::format("more than {} documents", kMostDocuments)};
  }
  sections_.finish(places_.whole());
}

std::string Reader::syntax_hint(const Mark& mark) const {
  const auto lines = base::split(file_.text, '\n');
  // The parser notices a tab only at the token after it.
  for (std::size_t line = mark.line > 0 ? mark.line - 1 : 0; line <= mark.line && line < lines.size(); ++line) {
    const auto indent = lines[line].substr(0, lines[line].find_first_not_of(" \t"));
    if (indent.contains('\t')) return fmt::format("line {} is indented by a tab; YAML wants blanks", line + 1);
  }
  const auto rest = places_.rest(mark);
  if (!rest.empty() && std::string_view("%@`*").contains(rest.front()))
    return fmt::format("a value that begins with {} needs quotes", rest.front());
  return {};
}

}  // namespace

void read_yaml(const std::shared_ptr<const SourceFile>& file, FileRole role, std::string_view name, Document& document,
               Diagnostics& diagnostics) {
  Reader(file, role, name, document, diagnostics).read();
}

}  // namespace porterd::config
