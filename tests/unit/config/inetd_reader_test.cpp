// SPDX-License-Identifier: Apache-2.0
//
// Files as a whole: what counts when lines speak of the same, what is said about bad ones, and what loading them does.
#include "config/inetd_reader.h"

#include <gtest/gtest.h>

#include "inetd_loading.h"

namespace porterd::config {
namespace {

const std::string kGood = "finger stream tcp nowait nobody /f\n";

std::vector<std::string> ids(const Loaded& loaded) {
  std::vector<std::string> result;
  for (const auto& service : loaded.config.services) result.push_back(service.id);
  return result;
}
using Ids = std::vector<std::string>;

TEST(InetdReader, TakesCommentsAndWhatUpdateInetdSwitchedOff) {
  const auto loaded = load_inetd("# c\n#<off># finger stream tcp nowait nobody /f\n\n  # c\n" + kGood);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(ids(loaded), Ids{"finger"});
}

TEST(InetdReader, OneBadLineCostsNoOther) {
  const auto loaded = load_inetd("garbage here\nx raw tcp nowait root /f\n" + kGood + "y stream tcp nowait root f");
  EXPECT_EQ(loaded.diagnostics.text(),
            "/etc/inetd.conf:1:1: error: an entry has at least six columns, not 2\n    1 | garbage here\n"
            "      | ^~~~~~~\n  SERVICE TYPE PROTOCOL WAIT USER SERVER [ARGV…]\n"
            "/etc/inetd.conf:2:3: error: sockets of type raw are not served\n    2 | x raw tcp nowait root /f\n"
            "      |   ^~~\n"
            "/etc/inetd.conf:4:26: error: server: 'f' is neither an absolute path nor internal\n"
            "    4 | y stream tcp nowait root f\n      |                          ^\n");
  EXPECT_EQ(ids(loaded), Ids{"finger"});
  EXPECT_EQ(loaded.bad_entries, (Ids{"garbage", "x", "y"}));
}

TEST(InetdReader, SaysOnceWhatIsNotServedYet) {
  const auto loaded = load_inetd(
      "auth stream tcp nowait root internal\n"
      "tcpmux/help stream tcp nowait root internal\n");
  EXPECT_EQ(messages(loaded),
            "error: 'auth' is left out: there is no such service inside porterd (echo, discard, chargen, daytime, time "
            "or tcpmux) | error: 'tcpmux/help' is "
            "left out: a service of tcpmux needs a program (the absolute path of one)");
}

TEST(InetdReader, ServesWhatIsInsideInetd) {
  const auto loaded = load_inetd(
      "127.0.0.1:daytime stream tcp nowait root internal\ntcpmux/+date stream tcp nowait nobody /d date\n"
      "tcpmux/when stream tcp nowait nobody /d when\n");
  EXPECT_EQ(ids(loaded), (Ids{"daytime", "date", "when"}));
  const auto& services = loaded.config.services;
  ASSERT_EQ(services.size(), 3U);
  EXPECT_EQ(services[0].builtin, Builtin::daytime);
  EXPECT_EQ(services[0].daytime_form, DaytimeForm::inetd);
  EXPECT_EQ(services[1].tcpmux, Tcpmux::plus);
  EXPECT_EQ(services[1].server, "/d");
  EXPECT_TRUE(services[1].listen.empty());
  EXPECT_EQ(services[2].tcpmux, Tcpmux::yes);
}

TEST(InetdReader, LetsTheKernelChooseThePortOfAnRpcService) {
  const auto loaded =
      load_inetd("rquotad/1-2 dgram rpc/udp wait root /r\n127.0.0.1:100/3 stream rpc/tcp nowait root /r\n");
  EXPECT_EQ(messages(loaded), "");
  ASSERT_EQ(ids(loaded), (Ids{"rquotad", "100"}));
  EXPECT_EQ(value_of(loaded, "rpc"), "rquotad/1-2");
  EXPECT_EQ(value_of(loaded, "listen"), "[0]");
}

TEST(InetdReader, TakesTheLaterOfTwoEntriesForOnePlace) {
  const auto loaded = load_inetd("1 stream tcp nowait root /a\n1 stream tcp nowait root /b\n");
  EXPECT_EQ(messages(loaded), "warning: '1' is replaced by a later entry (at /etc/inetd.conf:2:1)");
  EXPECT_EQ(value_of(loaded, "server"), "/b");
}

TEST(InetdReader, GivesEachFamilyToTheEntryThatNamesItLast) {
  const auto loaded = load_inetd("1 stream tcp nowait root /a\n1 stream tcp6 nowait root /b\n");
  EXPECT_EQ(messages(loaded), "");
  ASSERT_EQ(ids(loaded), (Ids{"1", "1-tcp6"}));
  EXPECT_EQ(loaded.config.services[0].protocol, Protocol::tcp4);
  EXPECT_EQ(loaded.config.services[1].protocol, Protocol::tcp6);
}

TEST(InetdReader, LeavesTheOtherFamilyToAPlainEntryWhenNoDialectSaysOtherwise) {
  const auto loaded = load_inetd("1 stream tcp6 nowait root /a\n1 stream tcp nowait root /b\n", InetdDialect::any);
  ASSERT_EQ(ids(loaded), (Ids{"1", "1-tcp4"}));
  EXPECT_EQ(loaded.config.services[0].server, "/a");
  EXPECT_FALSE(loaded.diagnostics.has(Severity::warning));
}

TEST(InetdReader, GivesEachEntryAnId) {
  const auto loaded = load_inetd(
      "127.0.0.1:1 stream tcp nowait root /a\n127.0.0.2:1 stream tcp nowait root /a\n1 dgram udp wait root /b\n"
      "127.0.0.3:1 stream tcp nowait root /a\n");
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(ids(loaded), (Ids{"1", "1-tcp", "1-udp", "1-tcp-2"}));
}

TEST(InetdReader, SaysThatCarriageReturnsAreNoPartOfAnArgument) {
  const auto loaded = load_inetd("finger stream tcp nowait nobody /f f -a\r\n\r\n");
  EXPECT_EQ(messages(loaded), "note: its lines end with CR and LF: the CR is not taken as a part of the last word");
  EXPECT_EQ(value_of(loaded, "server_args"), "[\"-a\"]");
}

TEST(InetdReader, SaysOnceHowItReadsWithoutADialect) {
  const auto loaded = load_inetd(kGood + "1 stream tcp nowait root /f\n", InetdDialect::any);
  EXPECT_EQ(loaded.diagnostics.count(Severity::note), 1U);
  EXPECT_EQ(loaded.diagnostics.all()[0].hint, "--dialect=bsd, freebsd, netbsd, openbsd or gnu; see porterd(8)");
}

TEST(InetdReader, WarnsOfIpsecPoliciesAndOfArgumentsThatInetdWouldCut) {
  std::string many = "1 stream tcp nowait root /f";
  for (int number = 0; number < 21; ++number) many += " a";
  const auto loaded = load_inetd("#@ in ipsec esp/transport//require\n" + many + "\n");
  EXPECT_EQ(messages(loaded),
            "warning: the IPsec policy is not applied (ip-xfrm(8) sets policies) | warning: all 21 arguments are "
            "passed; inetd would stop after 20");
}

TEST(InetdReader, IncludesFilesThatInheritTheAddress) {
  FakeWorld world;
  world.put("/etc/inetd.d/b", "2 stream tcp nowait root /f\n.include \"../inetd.conf\"\n.include c\n");
  world.put("/etc/inetd.d/c", "");
  world.put("/etc/inetd.d/a", "1 stream tcp nowait root /f\n127.0.0.9:\n");
  const auto loaded =
      load_inetd("127.0.0.1:\n.include inetd.d/*\n3 stream tcp nowait root /f\n.include /nowhere\n.include\n",
                 InetdDialect::netbsd, world);
  EXPECT_EQ(messages(loaded),
            "error: cannot be read: open: No such file or directory (named at /etc/inetd.conf:4:10) | "
            "error: .include needs the name of a file, or a pattern");
  ASSERT_EQ(ids(loaded), (Ids{"1", "2", "3"}));
  for (const auto& service : loaded.config.services)
    EXPECT_EQ(std::get<ListenAddress::Port>(service.listen.at(0).at).address->text(), "127.0.0.1");
}

TEST(InetdLoader, NeedsTheFileThatItIsGiven) {
  const auto loaded = load({.main = "", .inetd = {"/etc/inetd.conf"}}, FakeWorld());
  EXPECT_EQ(messages(loaded), "fatal: cannot be read: open: No such file or directory");
}

TEST(InetdLoader, TrustsFilesOfRootOnly) {
  FakeWorld world;
  world.put("/etc/inetd.conf", kGood, 65534);
  EXPECT_EQ(messages(load({.main = "", .inetd = {"/etc/inetd.conf"}}, world)),
            "fatal: not read: it belongs to user 65534, not to root");
}

TEST(InetdLoader, TakesDefaultsAndDropInsOfTheNativeConfiguration) {
  FakeWorld world;
  world.put("/p/porterd.yaml", "defaults: {umask: 027}\n");
  world.put("/p/conf.d/finger.d/50-local.yaml", "nice: 5\n");
  world.put("/etc/inetd.conf", kGood);
  const auto loaded = load({.main = "/p/porterd.yaml",
                            .inetd = {"/etc/inetd.conf"},
                            .dialect = InetdDialect::openbsd,
                            .is_main_optional = true},
                           world);
  EXPECT_EQ(messages(loaded), "");
  ASSERT_EQ(ids(loaded), Ids{"finger"});
  EXPECT_EQ(loaded.config.services[0].umask, 027U);
  EXPECT_EQ(loaded.config.services[0].nice, 5);
}

TEST(InetdLoader, NeedsNoNativeConfiguration) {
  FakeWorld world;
  world.kinds["/p/porterd.yaml"] = PathKind::missing;
  world.put("/etc/inetd.conf", kGood);
  const auto loaded = load({.main = "/p/porterd.yaml",
                            .inetd = {"/etc/inetd.conf"},
                            .dialect = InetdDialect::openbsd,
                            .is_main_optional = true},
                           world);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(ids(loaded), Ids{"finger"});
}

TEST(InetdReader, ServesWithoutPorterdTcpdWhileHostsDenyRefusesNobody) {
  FakeWorld world;
  world.put("/etc/inetd.conf", "finger stream tcp nowait nobody /f\n");
  world.kinds["/libexec/porterd-tcpd"] = PathKind::missing;
  const Sources sources{.main = "",
                        .inetd = {"/etc/inetd.conf"},
                        .dialect = InetdDialect::bsd,
                        .inetd_defaults = {.asks_wrappers = true}};
  const auto served = load(sources, world);
  EXPECT_EQ(served.config.services.size(), 1U);
  EXPECT_TRUE(served.diagnostics.text().contains("hosts.deny are not asked")) << served.diagnostics.text();
  world.put("/etc/hosts.deny", "ALL: ALL\n");
  EXPECT_TRUE(load(sources, world).config.services.empty());
}

TEST(InetdReader, TakesDevNullAsAnEmptyFile) {
  const auto loaded = load({.main = "/dev/null", .xinetd = {"/dev/null"}, .inetd = {"/dev/null"}}, FakeWorld());
  EXPECT_EQ(loaded.diagnostics.text(), "");
}

}  // namespace
}  // namespace porterd::config
