// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostics.h"

#include <gtest/gtest.h>

namespace porterd::config {
namespace {

Location place(const std::string& text, std::uint32_t line, std::uint32_t column, std::uint32_t length) {
  return {std::make_shared<SourceFile>(SourceFile{"conf.d/a.yaml", text}), line, column, length};
}

std::string shown(Location where, std::string message, std::string hint = {}) {
  return Diagnostic{Severity::error, std::move(where), std::move(message), std::move(hint)}.text();
}

TEST(Diagnostic, ShowsTheLineWithACaret) {
  EXPECT_EQ(shown(place("user: root\n\nsevrer: /usr/sbin/in.fingerd\n", 3, 1, 6), "unknown attribute 'sevrer'",
                  "did you mean 'server'?"),
            "conf.d/a.yaml:3:1: error: unknown attribute 'sevrer'\n"
            "    3 | sevrer: /usr/sbin/in.fingerd\n"
            "      | ^~~~~~\n"
            "  did you mean 'server'?");
}

TEST(Diagnostic, KeepsTabsSoThatTheCaretStandsRight) {
  EXPECT_EQ(shown(place("a:\tb\tc\r\n", 1, 6, 1), "what"),
            "conf.d/a.yaml:1:6: error: what\n"
            "    1 | a:\tb\tc\n"
            "      |   \t \t^");
}

TEST(Diagnostic, CountsACharacterOfSeveralBytesOnce) {
  EXPECT_EQ(shown(place("grüß: wört", 1, 9, 5), "what"),
            "conf.d/a.yaml:1:9: error: what\n"
            "    1 | grüß: wört\n"
            "      |       ^~~~");
}

TEST(Diagnostic, MarksTheEndOfALine) {
  EXPECT_EQ(shown(place("ab", 1, 3, 1), "what"),
            "conf.d/a.yaml:1:3: error: what\n"
            "    1 | ab\n"
            "      |   ^");
}

TEST(Diagnostic, CutsALongLineAroundThePlace) {
  const auto text = shown(place(std::string(1000, 'x') + "HERE" + std::string(1000, 'y'), 1, 1001, 4), "what");
  EXPECT_EQ(text, "conf.d/a.yaml:1:1001: error: what\n    1 | " + std::string(60, 'x') + "HERE" + std::string(96, 'y') +
                      "\n      | " + std::string(60, ' ') + "^~~~");
}

TEST(Diagnostic, HasNoLineForAWholeFileOrAPlaceBeyondIt) {
  EXPECT_EQ(shown(place("x", 0, 0, 1), "not read"), "conf.d/a.yaml: error: not read");
  EXPECT_EQ(shown(place("x\n", 7, 1, 1), "what"), "conf.d/a.yaml:7:1: error: what");
  EXPECT_EQ(shown({}, "what"), "configuration: error: what");
}

TEST(Diagnostic, LetsNoControlCharacterThrough) {
  EXPECT_EQ(shown(place("a: \x1b[2J", 1, 4, 4), "'\x1b[2J' is bad\n", "\x07"),
            "conf.d/a.yaml:1:4: error: '?[2J' is bad?\n"
            "    1 | a: ?[2J\n"
            "      |    ^~~~\n"
            "  ?");
}

TEST(Diagnostic, LetsNoCharacterThroughThatTurnsTheText) {
  const Location where{std::make_shared<SourceFile>(SourceFile{"a\nb.yaml", ""})};
  EXPECT_EQ(shown(where, "\xE2\x80\xAE 'grün' \xC2\x9B \xE2\x81\xA6 \xE2\x80\x93"), "a?b.yaml: error: ? 'grün' ? ? –");
}

TEST(Diagnostics, CountsAndKnowsTheWorst) {
  Diagnostics diagnostics;
  EXPECT_FALSE(diagnostics.has(Severity::note));
  diagnostics.add(Severity::warning, {}, "one");
  diagnostics.add(Severity::error, {}, "two");
  EXPECT_EQ(diagnostics.count(Severity::warning), 1U);
  EXPECT_TRUE(diagnostics.has(Severity::error));
  EXPECT_FALSE(diagnostics.has(Severity::fatal));
  EXPECT_EQ(diagnostics.text(), "configuration: warning: one\nconfiguration: error: two\n");
}

TEST(Diagnostics, CanBeMadeMilderOrStricter) {
  Diagnostics diagnostics;
  diagnostics.add(Severity::note, {}, "one");
  diagnostics.add(Severity::error, {}, "two");
  diagnostics.raise_errors();
  EXPECT_EQ(diagnostics.count(Severity::fatal), 1U);
  diagnostics.lower(Severity::warning);
  EXPECT_EQ(diagnostics.count(Severity::warning), 1U);
  EXPECT_EQ(diagnostics.count(Severity::note), 1U);
}

}  // namespace
}  // namespace porterd::config
