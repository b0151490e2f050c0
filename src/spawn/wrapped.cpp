// SPDX-License-Identifier: Apache-2.0
#include "spawn/wrapped.h"

#include <sys/wait.h>

#include <utility>

#include "spawn/tcpd_status.h"

namespace porterd::spawn {

config::Service wrapped(const config::Service& service, std::string tcpd) {
  const auto base_name = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  const std::string argv0 = service.argv0.value_or(base_name(service.server));
  config::Service result = service;
  result.argv0 = base_name(tcpd);
  result.server = std::move(tcpd);
  result.server_args = {service.libwrap->empty() ? base_name(argv0) : *service.libwrap,
                        service.pass == config::Pass::listen_fds ? "3" : "0",
                        service.banner_success,
                        service.banner_fail,
                        service.server,
                        argv0};
  result.server_args.insert(result.server_args.end(), service.server_args.begin(), service.server_args.end());
  return result;
}

std::optional<TcpdEnd> tcpd_end(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return std::nullopt;
  const int signal = WTERMSIG(wait_status);
  if (signal == tcpd_refusal_signal()) return TcpdEnd{};
  if (const int error = tcpd_failure_of(signal); error != 0) return TcpdEnd{.error = error};
  return std::nullopt;
}

}  // namespace porterd::spawn
