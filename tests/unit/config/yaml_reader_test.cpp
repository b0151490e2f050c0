// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_reader.h"

#include <gtest/gtest.h>

#include "config/emit.h"

namespace porterd::config {
namespace {

struct Read {
  Document document;
  Diagnostics diagnostics;
};

Read read(const std::string& text, FileRole role = FileRole::services, const std::string& path = "s.yaml") {
  Read result;
  read_yaml(std::make_shared<SourceFile>(SourceFile{path, text}), role, "s", result.document, result.diagnostics);
  return result;
}

// Sections as "kind name: setting op value; …".
std::string shown(const Document& document) {
  constexpr std::string_view kKinds[] = {"global", "defaults", "service", "drop_in"};
  constexpr std::string_view kOperators[] = {"=", "+=", "-="};
  std::string text;
  for (const auto& section : document.sections) {
    text += std::string(kKinds[static_cast<std::size_t>(section.kind)]) + " " + section.name + ":";
    for (const auto& setting : section.settings)
      text += " " + setting.name + std::string(kOperators[static_cast<std::size_t>(setting.op)]) +
              emit_yaml(setting.value) + ";";
    text += section.is_bad ? " bad\n" : "\n";
  }
  return text;
}

std::string place(const Location& where) { return where.text() + "+" + std::to_string(where.length); }

TEST(YamlReader, MakesASectionOfEachDocument) {
  EXPECT_EQ(shown(read("server: /bin/cat\n---\nservice: b\nport: 79\n").document),
            "service s: server=/bin/cat;\nservice s: service=b; port=79;\n");
}

TEST(YamlReader, SplitsTheMainFile) {
  EXPECT_EQ(
      shown(read("log_level: info\ndefaults:\n  umask: 027\nservices:\n- {port: 1}\n- {port: 2}\n---\nport: 3\n",
                 FileRole::main)
                .document),
      "global : log_level=info;\ndefaults : umask=027;\nservice : port=1;\nservice : port=2;\nservice : port=3;\n");
}

TEST(YamlReader, TakesAnEmptyMainFileAndAnEmptyServiceFile) {
  EXPECT_EQ(shown(read("# nothing\n", FileRole::main).document), "global :\n");
  EXPECT_EQ(shown(read("defaults:\n", FileRole::main).document), "global :\ndefaults :\n");
  EXPECT_EQ(shown(read("# nothing\n").document), "");
  EXPECT_FALSE(read("# nothing\n").diagnostics.has(Severity::note));
}

TEST(YamlReader, ReadsOperatorsInTheOrderInWhichTheyTakeEffect) {
  EXPECT_EQ(shown(read("env-: [A]\nonly_from+: [b]\nonly_from +: [c]\nonly_from: [a]\n", FileRole::drop_in).document),
            "drop_in s: only_from=[a]; only_from+=[b]; only_from+=[c]; env-=[A];\n");
}

TEST(YamlReader, KnowsWherePreciselyThingsStand) {
  const auto result = read(
      "port:  79 # finger\nserver: \"/bin/c at\"\nlisten: [1,\n  'x y', {path: /z}]\ngroups: null\nwait:\nuser: a\n");
  const auto& settings = result.document.sections.at(0).settings;
  EXPECT_EQ(place(settings[0].where), "s.yaml:1:1+4");
  EXPECT_EQ(place(settings[0].value.where), "s.yaml:1:8+2");
  EXPECT_EQ(place(settings[1].value.where), "s.yaml:2:9+11");
  EXPECT_EQ(place(settings[2].value.items[1].where), "s.yaml:4:3+5");
  EXPECT_EQ(place(settings[2].value.items[2].entries[0].second.where), "s.yaml:4:17+2");
  EXPECT_EQ(place(settings[3].value.where), "s.yaml:5:9+4");
  EXPECT_EQ(place(settings[4].value.where), "s.yaml:6:1+4") << "an empty value stands at its key";
}

TEST(YamlReader, KeepsScalarsAsTheyAreWritten) {
  const auto result = read("a: 0755\nb: 0o755\nc: null\nd: ~\ne:\nnull: x\nf: yes\n");
  EXPECT_EQ(shown(result.document), "service s: a=0755; b=0o755; c=null; d=\"~\"; e=\"\"; null=x; f=yes;\n");
}

TEST(YamlReader, TellsQuotedFromPlain) {
  const auto settings =
      read("a: yes\nb: 'yes'\nc: \"yes\"\nd: !!str yes\ne: |\n  yes\n").document.sections.at(0).settings;
  const std::vector<bool> expected{false, true, true, true, true};
  for (std::size_t index = 0; index < expected.size(); ++index)
    EXPECT_EQ(settings[index].value.is_quoted, expected[index]);
}

TEST(YamlReader, TakesQuotesInJsonForNothing) {
  const auto result = read(R"({"a": "yes", "b": 1})", FileRole::services, "s.json");
  EXPECT_FALSE(result.document.sections.at(0).settings.at(0).value.is_quoted);
}

TEST(YamlReader, FollowsAliases) {
  EXPECT_EQ(shown(read("a: &x [1, 2]\nb: *x\n").document), "service s: a=[1, 2]; b=[1, 2];\n");
}

struct Mistake {
  std::string text;
  std::string expected;
};

class YamlReaderMistake : public testing::TestWithParam<Mistake> {};

TEST_P(YamlReaderMistake, IsReportedAtItsPlace) {
  const auto result = read(GetParam().text);
  ASSERT_FALSE(result.diagnostics.all().empty());
  EXPECT_EQ(result.diagnostics.all()[0].text(), GetParam().expected);
  EXPECT_TRUE(result.document.sections.back().is_bad);
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlReaderMistake,
    testing::Values(
        Mistake{
            "user: a\nuser: b\n",
            "s.yaml:2:1: error: 'user' stands here twice\n    2 | user: b\n      | ^~~~\n  the first time in line 1"},
        Mistake{"cps: {rate: 1, rate: 2}\n",
                "s.yaml:1:16: error: 'rate' stands here twice\n    1 | cps: {rate: 1, rate: 2}\n"
                "      |                ^~~~\n  the first time in line 1"},
        Mistake{"- a\n", "s.yaml:1:1: error: a service is a map of attributes\n    1 | - a\n      | ^\n  NAME: VALUE"},
        Mistake{"just words\n",
                "s.yaml:1:1: error: a service is a map of attributes\n    1 | just words\n      | ^~~~~~~~~~\n  NAME: "
                "VALUE"},
        Mistake{"[a]: b\n", "s.yaml:1:1: error: a key is a single word here\n    1 | [a]: b\n      | ^"},
        Mistake{"a: !!int 3\n",
                "s.yaml:1:10: error: tags such as 'tag:yaml.org,2002:int' are not taken\n"
                "    1 | a: !!int 3\n      |          ^"},
        Mistake{"listen: [a\nport: 1\n",
                "s.yaml:2:5: error: not YAML: end of sequence flow not found\n    2 | port: 1\n      |     ^"},
        Mistake{"env:\n\tA: b\n",
                "s.yaml:2:3: error: not YAML: illegal map value\n    2 | \tA: b\n      | \t ^\n  line 2 is indented by "
                "a tab; YAML wants blanks"},
        Mistake{"listen: %eth0:79\n",
                "s.yaml:1:9: error: not YAML: unknown token\n    1 | listen: %eth0:79\n      |         ^\n"
                "  a value that begins with % needs quotes"},
        Mistake{"a: *nobody\n",
                "s.yaml:1:4: error: not YAML: the referenced anchor is not defined\n    1 | a: *nobody\n      "
                "|    ^\n  a value that begins with * needs quotes"},
        Mistake{"a: &x [*x]\n",
                "s.yaml:1:8: error: an alias within what it stands for\n    1 | a: &x [*x]\n      |        ^~"},
        Mistake{"a: b\nc: \xff\n",
                "s.yaml:2:4: error: not a text: neither NUL nor anything but UTF-8 is taken\n    2 | c: \xff\n      |  "
                "  ^"}));

TEST(YamlReader, KeepsTheDocumentsBeforeAMistake) {
  const auto result = read("port: 1\n---\nport: 2\n---\n]\n");
  EXPECT_EQ(shown(result.document), "service s: port=1;\nservice s: port=2;\nservice s: bad\n");
}

TEST(YamlReader, FindsAMistakeInTheMainFileFatal) {
  EXPECT_TRUE(read("a: [\n", FileRole::main).diagnostics.has(Severity::fatal));
  EXPECT_TRUE(read("a: 1\na: 2\n", FileRole::main).diagnostics.has(Severity::fatal));
  EXPECT_FALSE(read("a: 1\n---\na: 1\na: 2\n", FileRole::main).diagnostics.has(Severity::fatal));
}

TEST(YamlReader, BoundsDepth) {
  const auto result = read("a: [[[[[[[[[1]]]]]]]]]\n");
  ASSERT_TRUE(result.diagnostics.has(Severity::error));
  EXPECT_EQ(result.diagnostics.all()[0].message, "nested too deeply");
  EXPECT_TRUE(read(std::string(100'000, '[')).diagnostics.has(Severity::error));
}

TEST(YamlReader, BoundsWhatAliasesRepeat) {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'h'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    text += std::string(1, name) + ": &" + name + " [*" + before;
    for (int count = 0; count < 9; ++count) text += ", *" + before;
    text += "]\n";
  }
  const auto result = read(text);
  ASSERT_TRUE(result.diagnostics.has(Severity::error));
  EXPECT_EQ(result.diagnostics.all()[0].message, "aliases repeat more than 10000 values");
}

TEST(YamlReader, BoundsSize) {
  const auto result = read(std::string(kLongestSource + 1, ' '));
  ASSERT_TRUE(result.diagnostics.has(Severity::error));
  EXPECT_EQ(result.diagnostics.all()[0].message, "longer than 16777216 bytes");
}

}  // namespace
}  // namespace porterd::config
