// SPDX-License-Identifier: Apache-2.0
//
// Units of systemd as services.
#include <gmock/gmock.h>

#include "importing.h"

namespace porterd::migration {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kExec = "[Service]\nExecStart=/bin/x\nStandardInput=socket\n";

config::FakeWorld units(const std::string& socket, const std::string& service, bool accepts = true) {
  config::FakeWorld world;
  world.put("/u/finger.socket", "[Socket]\n" + socket + (accepts ? "Accept=yes\n" : ""));
  world.put(accepts ? "/u/finger@.service" : "/u/finger.service", service);
  return world;
}

Imported import_unit(const config::FakeWorld& world) { return import_file(Format::systemd, "/u/finger.socket", world); }

TEST(UnitImport, MakesAServiceOfASocketAndATemplate) {
  const auto imported = import_unit(units("# here\nListenStream=79\nNoDelay=yes\nBacklog=5\nMaxConnections=9\n",
                                          "[Service]\nExecStart=-@/bin/x y -z 'a b'\nStandardInput=socket\n"
                                          "User=nobody\nGroup=adm\nEnvironment=A=1 'B=2 3'\nUMask=0077\nNice=-5\n"
                                          "LimitNOFILE=64:infinity\nLimitCPU=1min\nWorkingDirectory=/srv\n"));
  EXPECT_EQ(shown(imported), R"(== finger.yaml
# Imported from /u/finger.socket
service: finger
# here
listen: [79]
nodelay: yes
backlog: 5
instances: 9
server: /bin/x
argv0: "y"
server_args: ["-z", "a b"]
user: nobody
group: adm
env: [A=1, "B=2 3"]
umask: 0077
nice: -5
rlimit_files: 64:unlimited
rlimit_cpu: 1m
working_directory: /srv

# As it is there when nothing is said:
stderr: socket
wait: no
)") << imported.report;
  EXPECT_THAT(imported.report, HasSubstr("15 lines: 15 kept, 0 changed, 0 not supported"));
}

TEST(UnitImport, MakesAWaitServiceOfASocketThatDoesNotAccept) {
  const auto imported =
      import_unit(units("ListenDatagram=[::]:79\nBindToDevice=eth0\n", "[Service]\nExecStart=/bin/x\n", false));
  EXPECT_THAT(shown(imported), HasSubstr("listen: [\"%eth0:79\"]\nsocket_type: dgram\n"));
  EXPECT_THAT(shown(imported), HasSubstr("wait: yes\npass: listen_fds\nuser: root\n"));
}

TEST(UnitImport, MakesAServiceForEachTypeOfSocket) {
  const auto imported =
      import_unit(units("ListenStream=79\nListenSequentialPacket=/run/f\nSocketMode=0600\nSocketUser=root\n", kExec));
  ASSERT_EQ(imported.files.size(), 2U) << imported.report;
  EXPECT_EQ(imported.files[1].name, "finger-seqpacket.yaml");
  EXPECT_THAT(imported.files[1].text, HasSubstr("listen: [{path: /run/f, owner: root, mode: 0600}]"));
}

TEST(UnitImport, ListensWithIpv6AloneWhereTheUnitSaysSo) {
  const auto imported = import_unit(units("ListenStream=79\nListenStream=0.0.0.0:80\nBindIPv6Only=ipv6-only\n", kExec));
  EXPECT_THAT(shown(imported), HasSubstr("listen: [\"[::]:79\", \"0.0.0.0:80\"]\n")) << imported.report;
}

TEST(UnitImport, TakesWhatDropInsSay) {
  auto world = units("ListenStream=79\n", kExec);
  world.put("/u/finger.socket.d/a.conf", "[Socket]\nListenStream=\nListenStream=127.0.0.1:80\n");
  world.put("/u/finger@.service.d/b.conf", "[Service]\nUser=nobody\n");
  const auto text = shown(import_unit(world));
  EXPECT_THAT(text, HasSubstr("listen: [\"127.0.0.1:80\"]\n"));
  EXPECT_THAT(text, HasSubstr("user: nobody\n"));
}

struct Telling {
  std::string socket;
  std::string service;
  std::string told;
};

const Telling kTold[] = {
    {"TriggerLimitBurst=20\nTriggerLimitIntervalSec=10s\n", "",
     "changed        TriggerLimitIntervalSec=10s  ->  cps: {rate: 2/s"},
    {"MaxConnections=many\n", "", "'many' is not understood"},
    {"Mark=1\n", "", "not supported  Mark=1\n                      porterd has nothing like it"},
    {"ListenFIFO=/x\n", "", "porterd listens on sockets only"},
    {"ListenStream=vsock::1\n", "", "porterd listens on no vsock addresses"},
    {"", "PrivateTmp=yes\n", "not supported  PrivateTmp=yes"},
    {"", "PrivateTmp=no\n", "kept           PrivateTmp=no"},
    {"", "MemoryDenyWriteExecute=yes\n", "porterd does not confine servers in this way"},
    {"", "MemoryMax=1G\n", "do: rlimit_as"},
    {"", "ExecStartPre=/bin/y\n", "do: a script that does both"},
    {"", "EnvironmentFile=/etc/x\n", "do: write what the server needs of it into env"},
    {"", "SupplementaryGroups=adm mail\n", "changed        SupplementaryGroups=adm mail  ->  groups: [adm, mail]"},
    {"", "StandardOutput=journal\n", "not supported  StandardOutput=journal"},
    {"", "StandardError=append:/x\n", "kept           StandardError=append:/x  ->  stderr: file /x"},
    {"", "WorkingDirectory=%i\n", "'%i' names the instance"},
    {"", "[Unit]\nAfter=x\n", "changed        After=x"},
};

TEST(UnitImport, TellsWhatBecameOfEachKey) {
  for (const auto& [socket, service, told] : kTold) {
    const auto imported = import_unit(units("ListenStream=79\n" + socket, kExec + service));
    EXPECT_THAT(imported.report, HasSubstr(told)) << socket << service;
    EXPECT_EQ(imported.files.size(), 1U) << imported.report;
  }
}

const Telling kGivenUp[] = {
    {"ListenStream=79\n", "[Service]\nExecStart=/bin/x\n", "the server gets its connection as descriptor 3 there"},
    {"ListenStream=79\n", "[Service]\nStandardInput=socket\n", "the service has no ExecStart"},
    {"ListenStream=79\n", "[Service]\nStandardInput=socket\nExecStart=/bin/x\nExecStart=/bin/y\n", "several commands"},
    {"ListenStream=79\n", "[Service]\nStandardInput=socket\nExecStart=/bin/x %i\n", "names the instance"},
    {"ListenStream=79\n", "[Service]\nStandardInput=socket\nExecStart=/bin/x\nDynamicUser=yes\n",
     "DynamicUser is not taken"},
    {"", kExec, "there is no place to listen at"},
};

TEST(UnitImport, LeavesOutWhatWouldMeanSomethingElse) {
  for (const auto& [socket, service, told] : kGivenUp) {
    const auto imported = import_unit(units(socket, service));
    EXPECT_THAT(imported.report, HasSubstr(told));
    EXPECT_TRUE(imported.files.empty()) << shown(imported);
  }
}

TEST(UnitImport, NeedsASocketUnitAndItsService) {
  config::FakeWorld world;
  EXPECT_THAT(import_file(Format::systemd, "/u/x.service", world).report, HasSubstr("failed: "));
  world.put("/u/x.socket", "[Socket]\nListenStream=79\nService=y.service\n");
  EXPECT_THAT(import_file(Format::systemd, "/u/x.socket", world).report, HasSubstr("there is no y.service beside it"));
}

}  // namespace
}  // namespace porterd::migration
