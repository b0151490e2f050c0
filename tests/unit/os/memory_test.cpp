// SPDX-License-Identifier: Apache-2.0
#include "os/memory.h"

#include <gtest/gtest.h>

#include <fstream>

namespace porterd::os {
namespace {

/// Pages of files that this process has mapped in, statm of proc(5).
long file_pages() {
  std::ifstream statm("/proc/self/statm");
  long size = 0;
  long resident = 0;
  long shared = 0;
  statm >> size >> resident >> shared;
  return shared;
}

TEST(MemoryTest, PagesOfProgramsAreGivenBackAndComeAgainWhenTheyAreNeeded) {
  const long before = file_pages();
  give_memory_back();
  EXPECT_LT(file_pages(), before);
  EXPECT_GT(file_pages(), 0);
}

}  // namespace
}  // namespace porterd::os
