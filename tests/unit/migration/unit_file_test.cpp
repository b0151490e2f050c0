// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_file.h"

#include <gtest/gtest.h>

namespace porterd::migration {
namespace {

struct Read {
  Unit unit;
  config::Diagnostics diagnostics;

  explicit Read(const std::string& text) {
    unit.name = "finger@.service";
    read_unit_file(std::make_shared<config::SourceFile>(config::SourceFile{"f", text}), unit, diagnostics);
  }
  [[nodiscard]] std::string shown() const {
    std::string text;
    for (const auto& one : unit.settings)
      text += std::to_string(one.where.line) + " [" + one.section + "] " + one.key + "=" + one.value + "\n";
    return text;
  }
};

TEST(UnitFile, HasSectionsAndSettings) {
  EXPECT_EQ(Read("# c\n[A]\nB = c d \n; c\n\n [E]\n  F=\nG==\n").shown(), "3 [A] B=c d\n7 [E] F=\n8 [E] G==\n");
}

TEST(UnitFile, HasLinesThatGoOn) {
  EXPECT_EQ(Read("[A]\nB=c \\\n# between\n  d\\\n e\nF=g\\").shown(), "2 [A] B=c  d e\n6 [A] F=g\n");
}

TEST(UnitFile, TellsOfLinesThatAreNoSettings) {
  const Read read("A=b\n[A]\nb\n");
  EXPECT_EQ(read.shown(), "");
  EXPECT_EQ(read.diagnostics.count(config::Severity::warning), 2U);
}

TEST(UnitFile, ForgetsWhatAnEmptyValueResets) {
  const Read read("[A]\nB=1\nB=2\nC=1\nC=\n");
  EXPECT_EQ(read.unit.find("A", "B")->value, "2");
  EXPECT_EQ(read.unit.find("A", "C"), nullptr);
  EXPECT_EQ(read.unit.find("B", "B"), nullptr);
  EXPECT_EQ(read.unit.prefix(), "finger");
}

}  // namespace
}  // namespace porterd::migration
