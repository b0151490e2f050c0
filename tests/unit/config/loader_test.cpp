// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loading.h"

namespace porterd::config {
namespace {

using testing::ElementsAre;

std::string service(int port, const std::string& more = {}) {
  return "server: /bin/x\nuser: nobody\nport: " + std::to_string(port) + "\n" + more;
}

std::vector<std::string> ids(const Loaded& loaded) {
  std::vector<std::string> names;
  for (const auto& one : loaded.config.services) names.push_back(one.id);
  return names;
}

TEST(Loader, ReadsConfDBesideTheMainFile) {
  FakeWorld world;
  world.put("/etc/porterd/porterd.yaml", "log_level: debug\n");
  world.put("/etc/porterd/conf.d/b.yaml", service(2));
  world.put("/etc/porterd/conf.d/a.yaml", service(1));
  world.put("/etc/porterd/conf.d/a.yaml.bak", service(3));
  const auto loaded = load({.main = "/etc/porterd/porterd.yaml"}, world);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_THAT(ids(loaded), ElementsAre("a", "b"));
  EXPECT_EQ(loaded.config.global.log_level, base::Level::debug);
  EXPECT_THAT(loaded.files,
              ElementsAre("/etc/porterd/porterd.yaml", "/etc/porterd/conf.d/a.yaml", "/etc/porterd/conf.d/b.yaml"));
}

TEST(Loader, IncludesWhatIsNamedAndNothingElse) {
  FakeWorld world;
  world.put("p.yaml", "include: [my/*.yaml, /srv/x.yaml, my/a.yaml]\n");
  world.put("my/a.yaml", service(1));
  world.put("/srv/x.yaml", service(2));
  world.put("conf.d/no.yaml", service(3));
  const auto loaded = load({.main = "p.yaml"}, world);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_THAT(ids(loaded), ElementsAre("a", "x"));
}

TEST(Loader, TakesConfDForNobodysDropIns) {
  FakeWorld world;
  world.put("/e/p.yaml", "include: []\nservices: [{service: a, server: /bin/x, user: nobody, port: 1}]\n");
  world.put("/e/conf.d/no.yaml", service(3));
  const auto loaded = load({.main = "/e/p.yaml"}, world);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_THAT(ids(loaded), ElementsAre("a"));
}

TEST(Loader, ReportsAnIncludedFileThatIsNotThere) {
  FakeWorld world;
  world.put("p.yaml", "include: [a.yaml]\n");
  const auto loaded = load({.main = "p.yaml"}, world);
  EXPECT_EQ(loaded.diagnostics.text(),
            "a.yaml: error: cannot be read: open: No such file or directory\n  named at p.yaml:1:1\n");
  EXPECT_TRUE(loaded.is_usable());
}

TEST(Loader, FindsAMissingMainFileFatal) {
  const auto loaded = load({.main = "/none.yaml"}, FakeWorld());
  EXPECT_EQ(loaded.diagnostics.text(), "/none.yaml: fatal: cannot be read: open: No such file or directory\n");
  EXPECT_FALSE(loaded.is_usable());
}

TEST(Loader, AppliesDropInsInOrder) {
  FakeWorld world;
  world.put("/e/p.yaml", "");
  world.put("/e/conf.d/a.yaml", service(1, "id: finger\ninstances: 1\nonly_from: [10.0.0.1]\n"));
  world.put("/e/conf.d/finger.d/10.yaml", "instances: 2\nonly_from+: [10.0.0.2]\n");
  world.put("/e/conf.d/finger.d/20.yaml", "instances: 3\n");
  const auto loaded = load({.main = "/e/p.yaml"}, world);
  ASSERT_EQ(loaded.config.services.size(), 1U) << messages(loaded);
  EXPECT_EQ(loaded.config.services[0].instances, 3U);
  EXPECT_EQ(loaded.config.services[0].only_from.size(), 2U);
}

TEST(Loader, LetsADropInEnableAService) {
  FakeWorld world;
  world.put("/e/p.yaml", "");
  world.put("/e/conf.d/a.yaml", service(1, "disable: yes\n"));
  EXPECT_THAT(ids(load({.main = "/e/p.yaml"}, world)), ElementsAre());
  world.put("/e/conf.d/a.d/on.yaml", "disable: no\n");
  EXPECT_THAT(ids(load({.main = "/e/p.yaml"}, world)), ElementsAre("a"));
}

TEST(Loader, WarnsOfADropInForNobody) {
  FakeWorld world;
  world.put("/e/p.yaml", "");
  world.put("/e/conf.d/finger.yaml", service(1));
  world.put("/e/conf.d/figner.d/x.yaml", "instances: 2\n");
  const auto loaded = load({.main = "/e/p.yaml"}, world);
  EXPECT_EQ(messages(loaded), "warning: no service has the id 'figner' of this drop-in (did you mean 'finger'?)");
}

TEST(Loader, DoesNotRunAServiceWithoutABrokenDropIn) {
  for (const std::string text : {"only_from: [\n", "sevrer: x\n", "- a\n"}) {
    FakeWorld world;
    world.put("/e/p.yaml", "");
    world.put("/e/conf.d/a.yaml", service(1));
    world.put("/e/conf.d/a.d/x.yaml", text);
    const auto loaded = load({.main = "/e/p.yaml"}, world);
    EXPECT_TRUE(loaded.config.services.empty()) << text;
    EXPECT_EQ(loaded.diagnostics.count(Severity::error), 1U) << messages(loaded);
  }
}

TEST(Loader, ReadsDropInsOfServicesInTheMainFile) {
  FakeWorld world;
  world.put("/e/p.yaml", "include: conf.d/*.yaml\n---\nservice: main\n" + service(1));
  world.put("/e/conf.d/a.yaml", service(2));
  world.put("/e/main.d/x.yaml", "instances: 2\n");
  const auto loaded = load({.main = "/e/p.yaml"}, world);
  EXPECT_EQ(messages(loaded), "");
  ASSERT_EQ(loaded.config.services.size(), 2U);
  EXPECT_EQ(loaded.config.services[0].instances, 2U);
}

TEST(Loader, TrustsAsRootOnlyWhatRootAloneCanWrite) {
  FakeWorld world;
  world.put("/e/p.yaml", "");
  world.put("/e/conf.d/a.yaml", service(1), 1000);
  world.put("/e/conf.d/b.yaml", service(2), 0, 0646);
  world.put("/e/conf.d/c.yaml", service(3), 0, 0664);
  world.put("/e/conf.d/d.yaml", service(4));
  world.put("/e/conf.d/d.d/x.yaml", "instances: 1\n", 1000);
  const auto loaded = load({.main = "/e/p.yaml"}, world);
  EXPECT_THAT(ids(loaded), ElementsAre("c"));
  EXPECT_EQ(loaded.diagnostics.text(),
            "/e/conf.d/a.yaml: error: not read: it belongs to user 1000, not to root\n"
            "/e/conf.d/b.yaml: error: not read: everybody may write to it\n"
            "/e/conf.d/d.d/x.yaml: error: not read: it belongs to user 1000, not to root\n");
}

TEST(Loader, TrustsWithoutRootWhatItCanRead) {
  FakeWorld world;
  world.own_uid = 1000;
  world.is_privileged = false;
  world.put("/e/p.yaml", "", 1000, 0666);
  world.put("/e/conf.d/a.yaml", "server: /bin/x\nport: 7000\n", 7, 0646);
  EXPECT_THAT(ids(load({.main = "/e/p.yaml"}, world)), ElementsAre("a"));
}

TEST(Loader, LoadsAGivenText) {
  FakeWorld world;
  world.put("conf.d/a.yaml", service(1));
  const auto loaded = load({.main = "built-in", .text = "log_level: debug\n---\nservice: x\n" + service(2)}, world);
  EXPECT_EQ(messages(loaded), "");
  EXPECT_THAT(ids(loaded), ElementsAre("x"));
  EXPECT_TRUE(loaded.files.empty());
}

TEST(Loader, LoadsServiceFilesByName) {
  FakeWorld world;
  world.put("x.yaml", service(1));
  EXPECT_THAT(ids(load({.main = "", .services = {"x.yaml"}}, world)), ElementsAre("x"));
}

TEST(Loader, CanBeStrict) {
  FakeWorld world;
  world.put("x.yaml", "instances: many\n");
  EXPECT_TRUE(load({.main = "", .services = {"x.yaml"}}, world).is_usable());
  EXPECT_FALSE(load({.main = "", .services = {"x.yaml"}}, world, Strictness::strict).is_usable());
}

TEST(Loader, SkipsAByteOrderMark) {
  FakeWorld world;
  world.put("x.yaml", "\xEF\xBB\xBF" + service(1));
  EXPECT_THAT(ids(load({.main = "", .services = {"x.yaml"}}, world)), ElementsAre("x"));
}

TEST(Loader, RemembersWhereServicesCameFromButNotTheirText) {
  FakeWorld world;
  world.put("x.yaml", "# first\n" + service(1));
  const auto loaded = load({.main = "", .services = {"x.yaml"}}, world);
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_EQ(loaded.config.services[0].where.text(), "x.yaml:2:1");
  EXPECT_TRUE(loaded.config.services[0].where.file->text.empty());
}

TEST(Loader, ShowsAllMistakesAtOnce) {
  FakeWorld world;
  world.put("p.yaml", "log_level: loud\ndefaults:\n  umask: 9\n");
  world.put("conf.d/a.yaml", "sevrer: /bin/x\nport: 79a\n---\nservice: two\nlisten: [\n");
  const auto loaded = load({.main = "p.yaml"}, world);
  EXPECT_EQ(loaded.diagnostics.text(),
            R"(p.yaml:1:12: error: log_level: 'loud' is not known here
    1 | log_level: loud
      |            ^~~~
  error, warning, notice, info or debug
conf.d/a.yaml:6:1: error: not YAML: end of sequence flow not found
p.yaml:3:10: error: umask: '9' is not an octal number from 0 to 0777
    3 |   umask: 9
      |          ^
  an octal number such as 022
conf.d/a.yaml:1:1: error: unknown attribute 'sevrer'
    1 | sevrer: /bin/x
      | ^~~~~~
  did you mean 'server'?
conf.d/a.yaml:2:7: error: port: '79a' is not a whole number
    2 | port: 79a
      |       ^~~
  a port from 1 to 65535
p.yaml:3:3: note: left out for what is wrong in defaults: a
    3 |   umask: 9
      |   ^
)");
}

}  // namespace
}  // namespace porterd::config
