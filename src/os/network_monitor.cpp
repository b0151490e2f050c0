// SPDX-License-Identifier: Apache-2.0
#include "os/network_monitor.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

#include "os/descriptors.h"

namespace porterd::os {

base::Result<NetworkMonitor> NetworkMonitor::open() {
  base::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket.is_open()) return base::failure_errno("netlink socket");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return base::failure_errno("bind netlink socket");
  return NetworkMonitor(move_high(std::move(socket)));
}

void NetworkMonitor::drain() {
  std::array<char, 4096> ignored;
  while (::recv(socket_.number(), ignored.data(), ignored.size(), MSG_DONTWAIT | MSG_TRUNC) > 0) {
  }
}

}  // namespace porterd::os
