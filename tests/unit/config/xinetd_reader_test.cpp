// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_reader.h"

#include <gtest/gtest.h>

#include "xinetd_loading.h"

namespace porterd::config {
namespace {

struct Rung {
  std::string text;
  std::string ids;       ///< of the services that are left
  std::string messages;  ///< a part of what is said
};

void expect_rungs(std::span<const Rung> rungs) {
  for (const auto& [text, ids, part] : rungs) {
    const auto loaded = load_xinetd(text);
    EXPECT_EQ(ids_of(loaded), ids) << text << messages(loaded);
    EXPECT_TRUE(part.empty() ? messages(loaded).empty() : messages(loaded).contains(part)) << messages(loaded);
    EXPECT_TRUE(loaded.is_usable());
  }
}

const std::string kAfter = xinetd_service(" type = UNLISTED\n port = 99", "after");

TEST(XinetdReader, TakesAnEntryInAnyCase) {
  const auto loaded = load_xinetd(
      "SERVICE finger\n {\n Socket_Type = STREAM\n WAIT =NO\n user = nobody\n server = /bin/x\n Instances = "
      "Unlimited\n } \n");
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(ids_of(loaded), "finger");
}

TEST(XinetdReader, DropsAnEntryThatIsNotOne) {
  const Rung kRungs[] = {
      {xinetd_service(" instances=5") + kAfter, "after",
       "no blank before the '=' of 'instances': the whole entry is left out"},
      {xinetd_service(" foo bar") + kAfter, "after", "no operator follows 'foo'"},
      {"service finger {\n wait = no\n}\n" + kAfter, "after", "no line with '{' alone follows 'finger'"},
      {"service\n{\n}\n" + kAfter, "after", "no name follows 'service'"},
      {"service finger\n{\n wait = no\n" + kAfter + xinetd_service(), "finger", "no operator follows 'service'"},
      {xinetd_service() + "}\n" + kAfter, "finger", "'}' begins no entry: everything up to the next '}' is left out"},
      {xinetd_service() + "garbage\n" + kAfter, "finger", "'garbage' begins no entry"},
      {"service finger\n{\n wait = no\n", "", "the entry has no '}'"},
      {"include\n", "", "no name follows 'include'"},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, IgnoresALineThatSaysNothing) {
  const Rung kRungs[] = {
      {xinetd_service(" instanses = 5"), "finger",
       "warning: unknown attribute 'instanses' is ignored (did you mean 'instances'?)"},
      {xinetd_service(" enabled = x"), "finger", "warning: 'enabled' cannot stand in a service and is ignored"},
      {xinetd_service(" nice = 1 2"), "finger", "warning: 'nice' takes 1 value, not 2: the line is ignored"},
      {xinetd_service(" cps = 5"), "finger", "warning: 'cps' takes 2 values, not 1: the line is ignored"},
      {xinetd_service(" wait = yes"), "finger",
       "warning: 'wait' is given again, and ignored (the one at /x.conf:4:2 counts)"},
      {xinetd_service(" bind = 127.0.0.1\n interface = ::1"), "finger", "warning: 'bind' is given again"},
      {xinetd_service(" nice += 1"), "finger", "warning: 'nice' is no set: '+=' cannot be used"},
      {xinetd_defaults(" user = root") + xinetd_service(), "finger",
       "warning: 'user' cannot stand in defaults and is ignored"},
      {xinetd_defaults(" nice = 1") + xinetd_service(), "finger", "'nice' cannot stand in defaults"},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, TakesACommentAfterAValueForValues) {
  const auto loaded = load_xinetd(xinetd_service(" rlimit_cpu = 20 # seconds\n server_args = -a # all"));
  EXPECT_EQ(loaded.diagnostics.text(),
            "/x.conf:7:15: warning: xinetd.conf has no comments after a value: the whole line is ignored, and "
            "'rlimit_cpu' is "
            "NOT set\n"
            "    7 |  rlimit_cpu = 20 # seconds\n"
            "      |               ^~~~~~~~~~~~\n"
            "  probably meant: rlimit_cpu = 20\n"
            "/x.conf:8:16: warning: xinetd.conf has no comments after a value: '#' and what follows are values of "
            "'server_args'\n"
            "    8 |  server_args = -a # all\n"
            "      |                ^~~~~~~~\n"
            "  probably meant: server_args = -a\n");
  ASSERT_EQ(ids_of(loaded), "finger");
  EXPECT_TRUE(loaded.config.services[0].rlimits.empty());
  EXPECT_EQ(loaded.config.services[0].server_args.size(), 3U);
}

TEST(XinetdReader, DisablesAServiceForABadValue) {
  const Rung kRungs[] = {
      {xinetd_service(" instances = many"), "",
       "error: instances: 'many' is not a number from 0 to 2147483647; the service is disabled"},
      {xinetd_service(" instances = many\n disable = no"), "finger", "warning: instances: 'many' is not a number"},
      {xinetd_defaults(" enabled = FINGER") + xinetd_service(" instances = many"), "finger", "warning: instances"},
      {xinetd_service(" only_from = 1.2.3.4,1.2.3.5\n disable = no"), "",
       "error: only_from: '1.2.3.4,1.2.3.5' has a comma in it"},
      {xinetd_service(" no_access = @all\n disable = no"), "", "error: no_access: '@all' is neither an address nor"},
      {xinetd_service(" access_times = 9-17\n disable = no"), "",
       "error: access_times: '9-17' is not a range of times"},
      {xinetd_service(" env = A=1\n env -= A=1"), "", "error: env: '-=' is not for env"},
      {xinetd_service(" disable = true\n disable = no"), "", "warning: disable: 'true' is not known here"},
      {xinetd_service(" server_args ="), "", "error: server_args: needs a value"},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, LeavesOutWhoWouldInheritABadDefault) {
  const Rung kRungs[] = {
      {xinetd_defaults(" per_source = x") + xinetd_service() + kAfter, "",
       "service 'after' is left out for what is wrong with 'per_source' in defaults"},
      {xinetd_defaults(" per_source = x") + xinetd_service(" per_source = 5"), "finger", "error: per_source: 'x'"},
      {xinetd_defaults(" only_from = a,b") + xinetd_service(" only_from += 10.0.0.1"), "",
       "wrong with 'only_from' in defaults"},
      {xinetd_defaults(" only_from = a,b") + xinetd_service(" only_from = 10.0.0.1"), "finger", "has a comma in it"},
      {xinetd_defaults(" log_on_failure = HOST RECORD") + xinetd_service(), "finger",
       "'RECORD' is not a word of xinetd's; the line is ignored"},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, ReadsNoFurtherThanDisable) {
  const Rung kRungs[] = {
      {xinetd_service(" disable = yes\n garbage"), "", ""},
      {xinetd_service(" instances = many\n disable = yes\n"), "", "warning: instances: 'many'"},
      {xinetd_service(" disable = no\n disable = yes\n"), "finger", "'disable' is given again"},
      {xinetd_defaults(" enabled = finger") + xinetd_service(" disable = yes"), "", ""},
      {xinetd_defaults(" enabled = after") + xinetd_service() + kAfter, "after", ""},
      {xinetd_defaults(" enabled =") + xinetd_service(), "", ""},
      {xinetd_defaults(" disabled = x\n disabled = AFTER") + xinetd_service() + kAfter, "finger", ""},
      {xinetd_defaults(" enabled = finger after\n disabled = after") + xinetd_service() + kAfter, "finger", ""},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, ServesWhatXinetdServesItself) {
  const auto loaded = load_xinetd(
      "service echo\n{\n type = INTERNAL UNLISTED\n port = 7007\n socket_type = stream\n wait = no\n}\n"
      "service time\n{\n type = INTERNAL UNLISTED\n port = 7037\n socket_type = dgram\n wait = yes\n}\n"
      "service web\n{\n type = UNLISTED\n port = 80\n socket_type = stream\n wait = no\n user = nobody\n"
      " redirect = 2001:db8::1 8080\n}\n"
      "service date\n{\n type = TCPMUXPLUS UNLISTED\n socket_type = stream\n wait = no\n user = nobody\n server = "
      "/bin/x\n}\n");
  EXPECT_EQ(messages(loaded), "");
  ASSERT_EQ(ids_of(loaded), "echo time web date");
  const auto& services = loaded.config.services;
  EXPECT_EQ(services[0].builtin, Builtin::echo);
  EXPECT_EQ(services[1].builtin, Builtin::time);
  EXPECT_EQ(services[1].socket_type, SocketType::dgram);
  EXPECT_EQ(services[2].redirect,
            std::vector<RedirectTarget>{(base::Endpoint{*base::parse_address("2001:db8::1"), 8080})});
  EXPECT_EQ(services[3].tcpmux, Tcpmux::plus);
  EXPECT_TRUE(services[3].listen.empty());
}

TEST(XinetdReader, LeavesOutWhatPorterdDoesNotServe) {
  const Rung kRungs[] = {
      {xinetd_service(" type = INTERNAL"), "", "error: there is no internal service 'finger'"},
      {xinetd_service(" type = RPC UNLISTED\n rpc_version = 1-3\n rpc_number = 100"), "finger", ""},
      {xinetd_service(" type = RPC\n rpc_version = 1-3", "rquotad"), "rquotad", ""},
      {xinetd_service(" type = RPC\n rpc_version = 1-3"), "", "rpc(5) does not have 'finger'"},
      {xinetd_service(" type = RPC", "rquotad"), "", "service 'rquotad' has no rpc_version"},
      {xinetd_service(" type = INTERNAL\n flags = SENSOR\n deny_time = FOREVER"), "finger", ""},
      {"service finger\n{\n flags = SENSOR\n socket_type = stream\n wait = no\n}\n", "finger", ""},
      {"service finger\n{\n flags = SENSOR\n socket_type = stream\n wait = yes\n}\n", "", "a sensor needs wait: no"},
      {xinetd_service(" flags = IDONLY"), "finger", "warning: IDONLY lets everybody in, as in xinetd"},
      {xinetd_service(" flags = LABELED"), "", "label of their connection"},
      {xinetd_service(" flags = INTERCEPT"), "finger", "warning: INTERCEPT is ignored"},
      {"service tftp\n{\n flags = INTERCEPT\n socket_type = dgram\n wait = yes\n user = nobody\n server = /s\n}\n",
       "tftp", ""},
      {xinetd_service(" flags = REUSE NORETRY NOLIBWRAP\n libwrap = fingerd"), "finger", ""},
      {"service finger\n{\n}\n", "", "error: service 'finger' has no user"},
      {xinetd_service(" type = UNLISTED"), "", "service 'finger' is UNLISTED, and has no port"},
      {xinetd_service(" port = 80"), "", "services(5) has port 79 for 'finger', not 80"},
      {xinetd_service("", "nobodyknows"), "", "services(5) does not have 'nobodyknows' for tcp"},
      {xinetd_service(" flags = NAMEINARGS"), "", "NAMEINARGS needs server_args"},
  };
  expect_rungs(kRungs);
}

TEST(XinetdReader, AdmitsNobodyWhomHostsDenyMayRefuseWithoutPorterdTcpd) {
  FakeWorld world;
  world.kinds["/libexec/porterd-tcpd"] = PathKind::missing;
  world.put("/etc/hosts.deny", "# nothing\n");
  world.put("/etc/hosts.allow", "ALL: 10.0.0.0/8\n");
  EXPECT_EQ(ids_of(load_xinetd(xinetd_service(), world)), "finger");
  world.put("/etc/hosts.deny", "ALL: ALL\n");
  const auto text = xinetd_service() + xinetd_service(" flags = NOLIBWRAP\n type = UNLISTED\n port = 5", "x");
  const auto loaded = load_xinetd(text, world);
  EXPECT_EQ(ids_of(loaded), "x");
  EXPECT_TRUE(messages(loaded).contains("cannot be asked: there is no porterd-tcpd (flags = NOLIBWRAP serves it"))
      << messages(loaded);
  world.kinds.erase("/libexec/porterd-tcpd");
  EXPECT_EQ(ids_of(load_xinetd(text, world)), "finger x");
}

TEST(XinetdReader, LeavesOutWhatAcceptsForItselfWhenHostsDenyMayRefuse) {
  FakeWorld world;
  const std::string text = "service finger\n{\n wait = yes\n socket_type = stream\n user = nobody\n server = /s\n}\n";
  EXPECT_EQ(ids_of(load_xinetd(text, world)), "finger");
  world.put("/etc/hosts.deny", "ALL: ALL\n");
  const auto loaded = load_xinetd(text, world);
  EXPECT_EQ(ids_of(loaded), "");
  EXPECT_TRUE(messages(loaded).contains("it accepts connections itself")) << messages(loaded);
}

TEST(XinetdReader, InterceptsWhatWaits) {
  const std::string text =
      "service finger\n{\n flags = INTERCEPT\n wait = yes\n socket_type = stream\n user = nobody\n server = /s\n"
      " only_from = 10.0.0.1\n}\n";
  FakeWorld world;
  const auto loaded = load_xinetd(text, world);
  ASSERT_EQ(ids_of(loaded), "finger") << messages(loaded);
  EXPECT_TRUE(loaded.config.services[0].intercept);
  world.put("/etc/hosts.deny", "ALL: ALL\n");
  EXPECT_TRUE(messages(load_xinetd(text, world)).contains("by way of porterd"));
}

TEST(XinetdReader, IncludesFilesAndDirectories) {
  FakeWorld world;
  world.kinds["/d"] = PathKind::directory;
  const auto unlisted = [](int port) { return " type = UNLISTED\n port = " + std::to_string(port); };
  world.put("/one", xinetd_service(unlisted(1), "one"));
  for (const std::string name : {"b", "B", "a.conf", "c~", ".h", "d~e"})
    world.put("/d/" + name, xinetd_service(unlisted(100 + name[0]), "in-" + name.substr(0, 1)));
  const auto loaded = load_xinetd("include /one\nincludedir /d\ninclude /none\nincludedir /one\n", world);
  EXPECT_EQ(ids_of(loaded), "one in-B in-b in-d");
  EXPECT_EQ(loaded.diagnostics.count(Severity::error), 2U) << messages(loaded);
  EXPECT_EQ(loaded.files.size(), 5U);
}

TEST(XinetdReader, DoesNotFollowAFileIntoItself) {
  FakeWorld world;
  world.put("/a", "include /x.conf\n" + xinetd_service());
  const auto loaded = load_xinetd("include /a\n", world);
  EXPECT_EQ(ids_of(loaded), "finger");
  EXPECT_EQ(messages(loaded), "error: /x.conf includes itself: it is not read again");
}

TEST(XinetdReader, GivesListsOfDefaultsToLaterServicesAndTheRestToAll) {
  const auto defaults = xinetd_defaults(" only_from = 10.0.0.1\n instances = 7");
  const auto loaded = load_xinetd(xinetd_service() + defaults + kAfter);
  ASSERT_EQ(ids_of(loaded), "finger after");
  EXPECT_FALSE(loaded.config.services[0].has_only_from);
  EXPECT_TRUE(loaded.config.services[1].has_only_from);
  EXPECT_EQ(loaded.config.services[0].instances, 7U);
  EXPECT_EQ(loaded.config.services[1].instances, 7U);
}

TEST(XinetdReader, TakesOneDefaultsForEachFile) {
  FakeWorld world;
  world.put("/more", xinetd_defaults(" instances = 9\n per_source = 3"));
  const auto loaded = load_xinetd(
      xinetd_defaults(" instances = 7") + xinetd_defaults(" instances = 8") + "include /more\n" + xinetd_service(),
      world);
  EXPECT_EQ(messages(loaded),
            "error: a file has only one 'defaults': this one is ignored | "
            "warning: 'instances' is given again, and ignored (the one at /x.conf:3:2 counts)");
  ASSERT_EQ(ids_of(loaded), "finger");
  EXPECT_EQ(loaded.config.services[0].instances, 7U);
  EXPECT_EQ(loaded.config.services[0].per_source->limit, 3U);
}

TEST(XinetdReader, TakesNothingFromPorterdsDefaultsNorGivesAny) {
  FakeWorld world;
  world.put("/x.conf", xinetd_defaults(" nice = 3\n instances = 7") + xinetd_service());
  const auto loaded =
      load({.main = "porterd.yaml",
            .text = "defaults: {user: root, max_load: 3}\nservices: [{service: a, port: 1, server: /bin/a}]\n",
            .xinetd = {"/x.conf"}},
           world);
  ASSERT_EQ(ids_of(loaded), "a finger");
  EXPECT_FALSE(loaded.config.services[0].instances);
  EXPECT_FALSE(loaded.config.services[1].max_load);
}

TEST(XinetdReader, MakesIdsUnique) {
  const auto loaded = load_xinetd(kAfter + xinetd_service(" type = UNLISTED\n port = 98", "after"));
  EXPECT_EQ(ids_of(loaded), "after after-2");
  EXPECT_EQ(messages(loaded), "warning: there is a service 'after' already: this one is 'after-2' here (id = NAME)");
}

TEST(XinetdReader, SaysWhichServicesAreLeftOutButNotDisabled) {
  const auto loaded =
      load_xinetd(xinetd_service(" disable = yes") + kAfter + xinetd_service(" type = INTERNAL\n id = i", "echo") +
                  xinetd_service(" instances = x", "bad"));
  EXPECT_EQ(loaded.bad_entries, (std::vector<std::string>{"i", "bad"}));
}

TEST(XinetdReader, FindsAMissingFileFatal) {
  const auto loaded = load({.main = "", .xinetd = {"/none"}}, FakeWorld());
  EXPECT_FALSE(loaded.is_usable());
}

}  // namespace
}  // namespace porterd::config
