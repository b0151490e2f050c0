// SPDX-License-Identifier: Apache-2.0
#include "daemon/wrapper_rules.h"

#include <gtest/gtest.h>

namespace porterd::daemon {
namespace {

TEST(WrapperRules, CommentsAndEmptyLinesAreNone) {
  EXPECT_FALSE(has_wrapper_rule(""));
  EXPECT_FALSE(has_wrapper_rule("# ALL: ALL\n\n  \t\n   # x\n#"));
}

TEST(WrapperRules, AnythingElseIsOne) {
  EXPECT_TRUE(has_wrapper_rule("# x\nALL: ALL"));
  EXPECT_TRUE(has_wrapper_rule("  sshd: 10.0.0.0/8 # not a comment\n"));
  EXPECT_TRUE(has_wrapper_rule("nonsense"));
}

}  // namespace
}  // namespace porterd::daemon
