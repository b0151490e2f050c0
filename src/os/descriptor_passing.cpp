// SPDX-License-Identifier: Apache-2.0
#include "os/descriptor_passing.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace porterd::os {
namespace {

/// Room for one descriptor; alignment may leave place for a second, which is then closed.
union ControlBuffer {
  cmsghdr header;
  std::array<std::byte, CMSG_SPACE(sizeof(int))> bytes;
};

void take_descriptors(msghdr& message, ReceivedMessage& received) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t index = 0; index < count; ++index) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + index * sizeof number, sizeof number);
      if (received.descriptor.is_open()) received.is_cut = true;
      received.descriptor.reset(number);
    }
  }
}

}  // namespace

std::expected<void, int> send_message(int socket, std::span<const std::byte> bytes, int descriptor) {
  // sendmsg(2) does not write to it.
  iovec part{.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};  // NOLINT
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ControlBuffer control{};
  if (descriptor >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.bytes;
    control.header = {.cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    std::memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  }
  if (::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return std::unexpected(errno);
  return {};
}

std::expected<ReceivedMessage, int> receive_message(int socket, std::span<std::byte> room) {
  iovec part{.iov_base = room.data(), .iov_len = room.size()};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control.bytes;
  const ssize_t bytes = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (bytes < 0) return std::unexpected(errno);
  ReceivedMessage received{.size = static_cast<std::size_t>(bytes),
                           .descriptor = {},
                           .is_cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0,
                           .is_nothing = bytes == 0};
  take_descriptors(message, received);
  return received;
}

base::Result<base::Fd> make_sealed_file(const char* name, std::string_view text) {
  base::Fd file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return base::failure_errno("memfd_create");
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t bytes = ::write(file.number(), rest.data(), rest.size());
    if (bytes < 0) return base::failure_errno("write to a file in memory");
    rest.remove_prefix(static_cast<std::size_t>(bytes));
  }
  if (::fcntl(file.number(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    return base::failure_errno("seal a file in memory");
  return file;
}

}  // namespace porterd::os
