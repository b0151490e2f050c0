// SPDX-License-Identifier: Apache-2.0
#include "migration/import.h"

#include <gmock/gmock.h>

#include "importing.h"

namespace porterd::migration {
namespace {

using testing::HasSubstr;
using testing::Not;

Imported import_text(Format format, const std::string& text) {
  config::FakeWorld world;
  world.put("/x.conf", text);
  return import_file(format, "/x.conf", world);
}

TEST(Import, KeepsTheOrderAndTheCommentsOfXinetd) {
  const auto imported = import_text(Format::xinetd, R"(# not about a service
defaults
{
  # enough
  instances = 60
}
# Everybody may ask.
service finger
{
  socket_type = stream
  wait = no
  # the server
  server = /bin/x
  server_args = -l a
  user = nobody
  # no more
}
)");
  EXPECT_THAT(shown(imported), HasSubstr(R"(# Everybody may ask.
service: finger
socket_type: stream
wait: no
# the server
server: /bin/x
server_args: ["-l", a]
user: nobody
# no more

# From the defaults there:
# enough
instances: 60

# As it is there when nothing is said:
)"));
  EXPECT_THAT(imported.report, HasSubstr("    5  kept           instances = 60  ->  instances: 60\n"));
  EXPECT_THAT(imported.report, HasSubstr("8 lines: 8 kept, 0 changed, 0 not supported"));
}

TEST(Import, ReadsDisabledEntriesOfXinetd) {
  const auto imported =
      import_text(Format::xinetd,
                  "service finger\n{\ndisable = yes\nprotocol = tcp\nwait = no\nuser = nobody\nserver = /bin/x\n}\n");
  EXPECT_THAT(shown(imported), HasSubstr("service: finger\ndisable: yes\nprotocol: tcp\n")) << imported.report;
}

TEST(Import, TellsWhatIsNotSupported) {
  const auto imported = import_text(
      Format::xinetd,
      "service finger\n{\nprotocol = tcp\nwait = no\nuser = nobody\nserver = /bin/x\nno_access = .evil.org\n"
      "per_source = 3 # few\n}\n");
  EXPECT_TRUE(imported.files.empty());
  EXPECT_THAT(imported.report, HasSubstr("7  not supported  no_access = .evil.org\n"));
  EXPECT_THAT(imported.report,
              HasSubstr("3  not supported  protocol = tcp\n                      its service is left out\n"));
}

TEST(Import, SaysThatASecondServiceAtAPlaceIsDisabled) {
  const std::string rest = "\n{\nprotocol = tcp\nwait = no\nuser = nobody\nserver = /bin/x\n";
  const auto imported =
      import_text(Format::xinetd, "service finger" + rest + "}\nservice finger" + rest + "id = second\n}\n");
  ASSERT_EQ(imported.files.size(), 2U) << imported.report;
  EXPECT_THAT(imported.files[1].text, HasSubstr("disable: yes"));
  EXPECT_THAT(imported.report, HasSubstr("not supported  service finger  ->  service: second\n                      "
                                         "imported with disable: yes"));
}

TEST(Import, MakesAFileForEachEntryOfInetd) {
  const auto imported = import_text(Format::inetd,
                                    "# finger\nfinger stream tcp nowait nobody /bin/x x -l\n# later\n"
                                    "tftp dgram udp wait root /bin/y\nbad line\n");
  ASSERT_EQ(imported.files.size(), 2U) << imported.report;
  EXPECT_THAT(imported.files[0].text, HasSubstr("# finger\nservice: finger\nlisten: finger\n"));
  EXPECT_THAT(imported.files[0].text, Not(HasSubstr("later")));
  EXPECT_THAT(imported.files[1].text, HasSubstr("# later\nservice: tftp\n"));
  EXPECT_THAT(imported.report, HasSubstr("3 lines: 2 kept, 0 changed, 1 not supported"));
}

TEST(Import, SaysThatYamlIsUtf8) {
  const auto imported = import_text(Format::inetd, "finger stream tcp nowait nobody /bin/x x \xff\n");
  EXPECT_TRUE(imported.files.empty());
  EXPECT_THAT(imported.report, HasSubstr("bytes that are not UTF-8"));
}

TEST(Import, ShowsTheNamesOfFilesWithoutControlCharacters) {
  config::FakeWorld world;
  world.put("/x.conf",
            "include /a\x1b"
            "b\n");
  world.put(
      "/a\x1b"
      "b",
      "}\n");
  const auto imported = import_file(Format::xinetd, "/x.conf", world);
  EXPECT_THAT(imported.report, Not(HasSubstr("\x1b")));
}

TEST(Import, FailsWhenThereIsNothingToRead) {
  const config::FakeWorld world;
  EXPECT_FALSE(import_services({.format = Format::inetd, .path = "/no"}, world));
  EXPECT_FALSE(import_services({.format = Format::xinetd, .path = "/no"}, world));
}

}  // namespace
}  // namespace porterd::migration
