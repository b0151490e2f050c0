// SPDX-License-Identifier: Apache-2.0
#include "os/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace porterd::os {
namespace {

TEST(Descriptors, MovesLowNumbersUpAndKeepsThemCloseOnExec) {
  base::Fd low(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_LT(low.number(), low_descriptors());
  const int before = low.number();
  const base::Fd high = move_high(std::move(low));
  EXPECT_GE(high.number(), low_descriptors());
  EXPECT_EQ(::fcntl(high.number(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(before, F_GETFD), -1);
}

TEST(Descriptors, LeavesHighNumbersAlone) {
  base::Fd file(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, low_descriptors()));
  const int number = file.number();
  EXPECT_EQ(move_high(std::move(file)).number(), number);
}

TEST(Descriptors, MarksWhatWasInheritedCloseOnExec) {
  const base::Fd file(::open("/dev/null", O_RDONLY));  // NOLINT(android-cloexec-open)
  close_inherited_on_exec();
  EXPECT_EQ(::fcntl(file.number(), F_GETFD), FD_CLOEXEC);
}

TEST(Descriptors, TellsTheLimitsAsTheyWereBeforeRaisingThem) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit told = raise_descriptor_limit();
  EXPECT_EQ(told.rlim_cur, before.rlim_cur);
  EXPECT_EQ(told.rlim_max, before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
}

}  // namespace
}  // namespace porterd::os
