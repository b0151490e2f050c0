// SPDX-License-Identifier: Apache-2.0
#include "spawn/wrapped.h"

#include <gmock/gmock.h>

#include "spawn/tcpd_status.h"

namespace porterd::spawn {
namespace {

using testing::ElementsAre;

config::Service finger() {
  config::Service service;
  service.server = "/usr/sbin/in.fingerd";
  service.server_args = {"-w"};
  service.libwrap = "";
  return service;
}

TEST(Wrapped, HasTheServerAfterTcpd) {
  const auto service = wrapped(finger(), "/x/porterd-tcpd");
  EXPECT_EQ(service.server, "/x/porterd-tcpd");
  EXPECT_EQ(service.argv0, "porterd-tcpd");
  EXPECT_THAT(service.server_args, ElementsAre("in.fingerd", "0", "", "", "/usr/sbin/in.fingerd", "in.fingerd", "-w"));
}

TEST(Wrapped, GoesByTheBaseNameOfArgumentZero) {
  auto service = finger();
  service.argv0 = "/somewhere/other";
  EXPECT_THAT(wrapped(service, "/x/t").server_args,
              ElementsAre("other", "0", "", "", "/usr/sbin/in.fingerd", "/somewhere/other", "-w"));
  service.libwrap = "mine";
  EXPECT_EQ(wrapped(service, "/x/t").server_args[0], "mine");
}

TEST(Wrapped, KnowsWhereTheSocketIsAndWhatIsSent) {
  auto service = finger();
  service.pass = config::Pass::listen_fds;
  service.banner_success = "/welcome";
  service.banner_fail = "/sorry";
  EXPECT_THAT(wrapped(service, "/x/t").server_args,
              ElementsAre("in.fingerd", "3", "/welcome", "/sorry", "/usr/sbin/in.fingerd", "in.fingerd", "-w"));
}

TEST(TcpdEnd, TellsRefusalsFailuresAndServersApart) {
  EXPECT_FALSE(tcpd_end(0));
  EXPECT_FALSE(tcpd_end(77 << 8));
  EXPECT_FALSE(tcpd_end(SIGTERM));
  ASSERT_TRUE(tcpd_end(tcpd_refusal_signal()));
  EXPECT_EQ(tcpd_end(tcpd_refusal_signal())->error, 0);
  for (const int error : kTcpdExecErrors)
    EXPECT_EQ(tcpd_end(tcpd_failure_signal(error)).value_or(TcpdEnd{}).error, error);
  EXPECT_EQ(tcpd_end(tcpd_failure_signal(ELOOP)).value_or(TcpdEnd{}).error, EIO);
}

}  // namespace
}  // namespace porterd::spawn
