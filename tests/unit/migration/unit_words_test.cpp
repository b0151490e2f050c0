// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_words.h"

#include <gtest/gtest.h>

#include "migration/unit_builder.h"
#include "migration/unit_exec.h"

namespace porterd::migration {
namespace {

using Words = std::vector<std::string>;
using namespace std::chrono_literals;

TEST(UnitWords, AreSplitAtBlanksOutsideQuotes) {
  EXPECT_EQ(*split_unit_words("  a  'b c' \"d 'e\" f\"g h\"i '' "), (Words{"a", "b c", "d 'e", "fg hi", ""}));
  EXPECT_EQ(*split_unit_words(""), Words{});
}

TEST(UnitWords, UndoEscapes) {
  EXPECT_EQ(*split_unit_words(R"(a\sb \x41\102 \u00fc \t\\ \q '\'')"),
            (Words{"a b", "AB", "\xC3\xBC", "\t\\", "\\q", "'"}));
}

TEST(UnitWords, SayWhatIsWrong) {
  EXPECT_EQ(split_unit_words("a 'b").error(), "a quote (') is not closed");
  EXPECT_EQ(split_unit_words("\\x4").error(), "'\\4' is no escape of a character");
  EXPECT_EQ(split_unit_words("\\ud800").error(), "'\\d800' is no escape of a character");
}

TEST(UnitWords, HaveSpecifiersThatAreTheSameEverywhere) {
  const UnitNames names{.prefix = "finger", .user = "nobody"};
  EXPECT_EQ(*replace_specifiers("%t/%p.%N %u 100%% %", names), "/run/finger.finger nobody 100% %");
  EXPECT_EQ(replace_specifiers("%i", names).error(), "'%i' names the instance, which is the connection");
  EXPECT_EQ(replace_specifiers("%H", names).error(), "'%H' is not replaced here");
}

TEST(UnitWords, HaveVariables) {
  const FindVariable find = [](std::string_view name) {
    return name == "A" ? std::optional<std::string>("x 'y z'") : std::nullopt;
  };
  EXPECT_EQ(*replace_variables({"$A", "-${A}-", "$$A", "a$A", "$B", "${B}", "$"}, find),
            (Words{"x", "y z", "-x 'y z'-", "$A", "a$A", "", "$"}));
  EXPECT_EQ(replace_variables({"${A-1}"}, find).error(), "'${A-1}' is no variable");
}

TEST(UnitExec, HasPrefixesAProgramAndArguments) {
  const auto find = [](std::string_view) -> std::optional<std::string> { return "1"; };
  const auto command = *parse_exec("-@/bin/sh %p -c 'a b' ${X}", {.prefix = "p", .user = {}}, find);
  EXPECT_EQ(command.prefixes, "-@");
  EXPECT_EQ(command.program, "/bin/sh");
  EXPECT_EQ(command.argv0, "p");
  EXPECT_EQ(command.arguments, (Words{"-c", "a b", "1"}));
  EXPECT_EQ(parse_exec(":/bin/sh ${X}", {}, find)->arguments, (Words{"${X}"}));
  EXPECT_EQ(parse_exec("a ; b", {}, find).error(), "it is more than one command");
  EXPECT_EQ(parse_exec("-", {}, find).error(), "there is no program in it");
  EXPECT_EQ(parse_exec("@/bin/x", {}, find).error(), "'@' wants a name after the program");
}

TEST(UnitTimeSpan, IsASumOfUnits) {
  EXPECT_EQ(parse_time_span("2"), 2s);
  EXPECT_EQ(parse_time_span("5min 20s"), 320s);
  EXPECT_EQ(parse_time_span("1h30min"), 90min);
  EXPECT_EQ(parse_time_span("250 ms"), 250ms);
  EXPECT_EQ(parse_time_span("1m"), 1min);
  for (const auto* bad : {"", "infinity", "1 parsec", "-1", "10us", "99999999999999999999"})
    EXPECT_EQ(parse_time_span(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace porterd::migration
