// SPDX-License-Identifier: Apache-2.0
#include "worker/ident.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

constexpr IdentPorts kPorts{.there = 6193, .here = 23};

std::string user(std::string_view line) {
  const auto name = read_ident_reply(line, kPorts);
  if (name) return name->name;
  return name.error() == IdentFailure::no_user ? "error" : "malformed";
}

TEST(Ident, AsksByBothPorts) { EXPECT_EQ(ident_query(kPorts), "6193, 23\r\n"); }

TEST(Ident, ReadsNames) {
  EXPECT_EQ(user("6193, 23 : USERID : UNIX :stjohns"), "stjohns");
  EXPECT_EQ(user("6193,23:userid:UNIX , US-ASCII:stjohns"), "stjohns");
  EXPECT_EQ(user(" 6193 , 23 : USERID : OTHER : 6qf2:e x"), "6qf2:e x");
  EXPECT_EQ(user("6193, 23 : USERID : UNIX : " + std::string(512, 'a')), std::string(512, 'a'));
}

TEST(Ident, KnowsErrors) {
  EXPECT_EQ(user("6193, 23 : ERROR : NO-USER"), "error");
  EXPECT_EQ(user("6193, 23 : ERROR : HIDDEN-USER"), "error");
  EXPECT_EQ(user("6193, 23 : ERROR"), "error");
}

TEST(Ident, RefusesWhatIsNoReplyToTheQuestion) {
  for (const auto* line : {"", ":", "6193, 24 : USERID : UNIX : x", "6194, 23 : USERID : UNIX : x",
                           "6193 : USERID : UNIX : x", "6193, 23", "6193, 23 : USERID", "6193, 23 : USERID : UNIX",
                           "6193, 23 : USERID : UNIX :", "6193, 23 : USERID : UNIX :   ", "6193, 23 : OTHER : UNIX : x",
                           "6193, 23 : USERID : UNIX : a\x1b[2J", "6193, 23x : USERID : UNIX : x"})
    EXPECT_EQ(user(line), "malformed") << line;
  EXPECT_EQ(user("6193, 23 : USERID : UNIX : " + std::string(513, 'a')), "malformed");
}

}  // namespace
}  // namespace porterd::worker
