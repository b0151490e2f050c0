// SPDX-License-Identifier: Apache-2.0
#include "migration/comments.h"

#include <gtest/gtest.h>

namespace porterd::migration {
namespace {

config::Location line(const std::string& text, std::uint32_t number) {
  return {.file = std::make_shared<config::SourceFile>(config::SourceFile{"x", text}), .line = number, .column = 1};
}

TEST(Comments, AreThoseAboveALine) {
  Comments comments("#");
  EXPECT_EQ(comments.above(line("a\n# one\n\n  #two\nb\n", 5)), "# one\n\n#two\n");
  EXPECT_EQ(comments.above(line("a\nb\n", 2)), "");
  EXPECT_EQ(comments.above(line("# top", 2)), "# top\n");
}

TEST(Comments, AreThoseBelowALine) {
  Comments comments("#;");
  EXPECT_EQ(comments.below(line("a\n; one\n# two\n\nb\n# three\n", 1)), "# one\n# two\n");
}

TEST(Comments, AreHandedOutOnceToEachService) {
  Comments comments("#");
  const auto where = line("# one\na\n", 2);
  EXPECT_EQ(comments.above(where), "# one\n");
  EXPECT_EQ(comments.above(where), "");
  comments.begin_service();
  EXPECT_EQ(comments.above(where), "# one\n");
}

TEST(Comments, AreUtf8WithoutControlCharacters) {
  EXPECT_EQ(comment_text("a\x1b[0m\r"), "a?[0m?");
  EXPECT_EQ(comment_text("Gr\xfc\xdf"
                         "e"),
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(comment_text("Gr\xC3\xBC\xC3\x9F"
                         "e"),
            "Gr\xC3\xBC\xC3\x9F"
            "e");
}

}  // namespace
}  // namespace porterd::migration
