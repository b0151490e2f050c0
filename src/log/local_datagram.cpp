// SPDX-License-Identifier: Apache-2.0
#include "log/local_datagram.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/address.h"

namespace porterd::log {
namespace {

int send_once(int descriptor, std::string_view datagram, int attached) {
  iovec part{const_cast<char*>(datagram.data()), datagram.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (attached != -1) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &attached, sizeof attached);
  }
  return ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

// The other end was closed; its successor, if any, has a new socket under the same path.
bool is_gone(int error) {
  return error == ECONNREFUSED || error == ECONNRESET || error == ENOTCONN || error == EPIPE || error == EDESTADDRREQ;
}

}  // namespace

int LocalDatagram::connect() {
  const auto address = base::raw_address(base::UnixAddress{path_, false});
  if (!address) return ENAMETOOLONG;
  base::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open() || ::connect(fd.number(), address->pointer(), address->length) != 0) return errno;
  fd_ = std::move(fd);
  return 0;
}

void LocalDatagram::open() {
  if (!fd_.is_open()) [[maybe_unused]]
    const int error = connect();  // it may come later: send() tries again
}

int LocalDatagram::send(std::string_view datagram, int attached) {
  if (fd_.is_open()) {
    const int error = send_once(fd_.number(), datagram, attached);
    if (!is_gone(error)) return error;
    fd_.reset();
  }
  if (const int error = connect(); error != 0) return error;
  return send_once(fd_.number(), datagram, attached);
}

}  // namespace porterd::log
