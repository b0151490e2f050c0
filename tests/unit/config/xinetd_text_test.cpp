// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_text.h"

#include <gtest/gtest.h>

namespace porterd::config {
namespace {

std::shared_ptr<const SourceFile> source(std::string text) {
  return std::make_shared<SourceFile>(SourceFile{"x.conf", std::move(text)});
}

// "NAME OPERATOR value|value", or what is wrong.
std::string form_of(const std::string& text) {
  XinetdLines lines(source(text));
  const auto line = parse_xinetd_assignment(*lines.next());
  if (!line) return line.error().message;
  auto form = std::string(line->name.text);
  form += line->op == Operator::add ? " + " : line->op == Operator::remove ? " - " : " = ";
  for (const auto& word : line->values) form += (form.ends_with("= ") ? "" : "|") + std::string(word.text);
  return form;
}

TEST(XinetdLines, LeaveOutBlankLinesAndComments) {
  XinetdLines lines(source("# a\n\n \t\f\n  # b\n one\ntwo"));
  const auto one = lines.next();
  ASSERT_TRUE(one);
  EXPECT_EQ(one->text, " one");
  EXPECT_EQ(one->number, 5U);
  const auto two = lines.next();
  ASSERT_TRUE(two);
  EXPECT_EQ(two->text, "two");
  EXPECT_EQ(two->words()[0].where.text(), "x.conf:6:1");
  EXPECT_FALSE(lines.next());
}

TEST(XinetdLines, EndAtNul) {
  XinetdLines lines(source(std::string("a\0b\nc", 5)));
  EXPECT_EQ(lines.next()->text, "a");
  EXPECT_EQ(lines.next()->text, "c");
}

TEST(XinetdLine, KnowsASignThatStandsAlone) {
  for (const std::string text : {"{", " { ", "\t{\r"})
    EXPECT_TRUE(XinetdLines(source(text)).next()->is_only('{')) << text;
  for (const std::string text : {"{{", "x {", "{ #"})
    EXPECT_FALSE(XinetdLines(source(text)).next()->is_only('{')) << text;
}

struct Form {
  std::string text;
  std::string form;
};

TEST(XinetdAssignment, IsNameOperatorAndValues) {
  const Form kForms[] = {
      {"a = b", "a = b"},
      {"\ta\t=b c\td ", "a = b|c|d"},
      {"a =", "a = "},
      {"a += b", "a + |b"},
      {"a -=b", "a - |b"},
      {"a == b", "a = =|b"},
      {"\fa = \"b c\"", "a = \"b|c\""},
      {"a=b", "there is no blank before the '=' of 'a'"},
      {"a+=b", "there is no blank before the '=' of 'a+'"},
      {"a := b", "no operator follows 'a'"},
      {"a b", "no operator follows 'a'"},
      {"} # end", "no operator follows '}'"},
  };
  for (const auto& [text, form] : kForms) EXPECT_EQ(form_of(text), form) << text;
}

TEST(XinetdAssignment, KnowsWhatLooksLikeAComment) {
  XinetdLines lines(source(" cps = 50 10 # a second\n env = A=#\n"));
  EXPECT_EQ(parse_xinetd_assignment(*lines.next())->without_comment(), "cps = 50 10");
  EXPECT_EQ(parse_xinetd_assignment(*lines.next())->without_comment(), "");
}

}  // namespace
}  // namespace porterd::config
