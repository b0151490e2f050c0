// SPDX-License-Identifier: Apache-2.0
#include "log/quote.h"

#include <gtest/gtest.h>

#include <string>

namespace porterd::log {
namespace {

std::string value(std::string_view text, std::size_t limit = 1000) {
  Buffer out;
  append_value(out, text, Quotes::when_needed, limit);
  return {out.data(), out.size()};
}

std::string json(std::string_view text, std::size_t limit = 1000) {
  Buffer out;
  append_json(out, text, limit);
  return {out.data(), out.size()};
}

TEST(Quote, LeavesPlainWordsAsTheyAre) {
  for (const char* text : {"finger", "192.0.2.1:40001", "[::1]:79", "/usr/sbin/in.fingerd", "a,b;c'd"})
    EXPECT_EQ(value(text), text);
}

TEST(Quote, PutsEverythingElseInQuotes) {
  EXPECT_EQ(value(""), R"("")");
  EXPECT_EQ(value("two words"), R"("two words")");
  EXPECT_EQ(value("a=b"), R"("a=b")");
  EXPECT_EQ(value(R"(a"b)"), R"("a\"b")");
  EXPECT_EQ(value(R"(a\b)"), R"("a\\b")");
  EXPECT_EQ(value("\xc3\xa4"), "\"\xc3\xa4\"");
}

TEST(Quote, QuotesPlainWordsWhenAsked) {
  Buffer out;
  append_value(out, "word", Quotes::always, 100);
  EXPECT_EQ(std::string(out.data(), out.size()), R"("word")");
}

TEST(Quote, EscapesControlCharactersAndBrokenBytes) {
  EXPECT_EQ(value("a\nb\rc\td"), R"("a\nb\rc\td")");
  EXPECT_EQ(value(std::string_view("\0\x1b[31m\x7f", 7)), R"("\x00\x1b[31m\x7f")");
  EXPECT_EQ(value("\xff\xc3("), R"("\xff\xc3(")");
  EXPECT_EQ(value("\xc2\x9b"
                  "31m"),
            R"("\u{9b}31m")");
  EXPECT_EQ(value("\xe2\x80\xae"), R"("\u{202e}")");
}

TEST(Quote, EscapesForJson) {
  EXPECT_EQ(json("plain"), R"("plain")");
  EXPECT_EQ(json("a\"b\\c\nd"), R"("a\"b\\c\nd")");
  EXPECT_EQ(json(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
  EXPECT_EQ(json("\xe2\x80\xa8"), R"("\u2028")");
  EXPECT_EQ(json("\xff"
                 "a\xe2\x82"),
            "\"\xef\xbf\xbd"
            "a\xef\xbf\xbd\"");
}

TEST(Quote, CutsWhatIsTooLongAndSaysSo) {
  EXPECT_EQ(value("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(value("abcdefghijk", 10), R"("abcde...")");
  EXPECT_EQ(value("abcdefghijk", 5), R"("...")");
  EXPECT_EQ(json("abcdefghijk", 10), R"("abcde...")");
}

TEST(Quote, NeverCutsThroughACharacterOrAnEscape) {
  for (std::size_t limit = 5; limit < 40; ++limit) {
    const std::string cut = json("\n\xc3\xa4\n\xf0\x9f\x98\x80\x01\xff\n\xc3\xa4\n\xf0\x9f\x98\x80\x01\xff", limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(cut.ends_with("...\""));
    std::string kept = cut.substr(1, cut.size() - 5);
    for (const std::string piece : {"\\n", "\xc3\xa4", "\\n", "\xf0\x9f\x98\x80", "\\u0001", "\xef\xbf\xbd"})
      if (kept.starts_with(piece)) kept.erase(0, piece.size());
    for (const std::string piece : {"\\n", "\xc3\xa4", "\\n", "\xf0\x9f\x98\x80", "\\u0001", "\xef\xbf\xbd"})
      if (kept.starts_with(piece)) kept.erase(0, piece.size());
    EXPECT_EQ(kept, "") << limit;
  }
}

}  // namespace
}  // namespace porterd::log
