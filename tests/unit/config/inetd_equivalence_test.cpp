// SPDX-License-Identifier: Apache-2.0
//
// Whatever inetd.conf can say, said in YAML, is the same configuration.
#include <gtest/gtest.h>

#include "inetd_loading.h"

namespace porterd::config {
namespace {

struct Pair {
  std::string inetd;
  std::string yaml;
};

void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.inetd; }

class InetdEquivalence : public testing::TestWithParam<Pair> {};

TEST_P(InetdEquivalence, MeansWhatYamlSays) {
  const auto inetd = load_inetd(GetParam().inetd, InetdDialect::any);
  const std::string rate = GetParam().yaml.contains("cps:") ? "" : "cps: {rate: 256/m, excess: disable, wait: 10m}\n";
  const auto yaml = load_service("server: /f\nstderr: socket\nenvironment: laundered\nconnection_env: none\n" + rate +
                                 GetParam().yaml);
  EXPECT_FALSE(inetd.diagnostics.has(Severity::warning)) << inetd.diagnostics.text();
  EXPECT_FALSE(yaml.diagnostics.has(Severity::note)) << yaml.diagnostics.text();
  EXPECT_EQ(services_of(inetd), services_of(yaml));
  EXPECT_EQ(inetd.config.services.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Attributes, InetdEquivalence,
    testing::Values(Pair{"finger stream tcp nowait root /f", "service: finger\nuser: root\n"},
                    Pair{"finger stream tcp6 nowait root /f", "service: finger\nprotocol: tcp6\nuser: root\n"},
                    Pair{"finger stream tcp wait root /f", "service: finger\nwait: yes\nuser: root\n"},
                    Pair{"tftp dgram udp wait root /f", "service: tftp\nsocket_type: dgram\nwait: yes\nuser: root\n"},
                    Pair{"79 stream tcp nowait root /f", "service: \"79\"\nlisten: [79]\nuser: root\n"},
                    Pair{"::1:finger stream tcp6 nowait root /f",
                         "service: finger\nprotocol: tcp6\nlisten: ['[::1]:79']\nuser: root\n"},
                    Pair{"/run/f.sock stream unix nowait root /f",
                         "service: f.sock\nlisten: [/run/f.sock]\nuser: root\n"},
                    Pair{"/run/f.sock seqpacket unix nowait root /f",
                         "service: f.sock\nsocket_type: seqpacket\nlisten: [/run/f.sock]\nuser: root\n"},
                    Pair{":nobody:mail:600:/run/f stream unix nowait root /f",
                         "service: f\nlisten: [{path: /run/f, owner: nobody, group: mail, mode: 600}]\nuser: root\n"},
                    Pair{"finger stream tcp nowait 65534:8 /f", "service: finger\nuser: 65534\ngroup: 8\n"},
                    Pair{"finger stream tcp nowait nobody.adm /f g -a -b",
                         "service: finger\nuser: nobody\ngroup: adm\nargv0: g\nserver_args: [-a, -b]\n"},
                    Pair{"finger stream tcp nowait.3 root /f",
                         "service: finger\nuser: root\ncps: {rate: 3/m, excess: disable, wait: 10m}\n"},
                    Pair{"finger stream tcp nowait/4/0/2 root /f",
                         "service: finger\nuser: root\ninstances: 4\nper_source: {limit: 2, ipv4: 32, ipv6: 128}\n"},
                    Pair{"finger on protocol = tcp, bind = 127.0.0.1, wait = no, user = root, exec = /f;",
                         "service: finger\nprotocol: tcp4\nlisten: ['127.0.0.1:79']\nuser: root\n"}));

}  // namespace
}  // namespace porterd::config
