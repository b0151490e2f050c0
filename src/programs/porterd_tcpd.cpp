// SPDX-License-Identifier: Apache-2.0
//
// Asks hosts.allow and hosts.deny about the client, with everything that hosts_options(5) has, and becomes the server
// or ends. It runs as the service's user, in the service's place: porterd is not held up by what it asks.
//
// usage: porterd-tcpd NAME DESCRIPTOR BANNER_SUCCESS BANNER_FAIL SERVER ARGV0 [ARGUMENT…]
//
// NAME is what the files call the service, DESCRIPTOR its connection or socket; a banner's file may be empty. It uses
// no C++ library, as it is started for each connection.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <syslog.h>
#include <tcpd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "spawn/tcpd_status.h"

// libwrap's: how severe its own messages are.
extern "C" {
int allow_severity = LOG_INFO;
int deny_severity = LOG_WARNING;
}

namespace {

constexpr int kExitUntaken = 1;
constexpr int kExitUsage = 2;
// Where they stand in argv.
constexpr int kName = 1;
constexpr int kDescriptor = 2;
constexpr int kBannerSuccess = 3;
constexpr int kBannerFail = 4;
constexpr int kServer = 5;
constexpr int kArgv0 = 6;

[[noreturn]] void end_by(int signal) {
  ::kill(::getpid(), signal);
  ::_exit(kExitUsage);  // not reached: porterd leaves no signal blocked
}

int socket_option(int socket, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

long seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

/// False when the client does not take all of it until `end` (seconds()), or has gone.
bool send_all(int socket, const char* bytes, size_t size, long end) {
  while (size > 0) {
    pollfd room{.fd = socket, .events = POLLOUT, .revents = 0};
    const long left = end - seconds();
    if (left <= 0 || ::poll(&room, 1, static_cast<int>(left * 1000)) != 1) return false;
    const ssize_t sent = ::send(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

/// False when the client does not take it.
bool send_banner(int socket, const char* path) {
  constexpr long kPatience = 60;
  if (*path == '\0') return true;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return true;
  const long end = seconds() + kPatience;
  char chunk[4096];
  bool is_taken = true;
  for (ssize_t got = 0; is_taken && (got = ::read(file, chunk, sizeof chunk)) > 0;)
    is_taken = send_all(socket, chunk, static_cast<size_t>(got), end);
  ::close(file);
  return is_taken;
}

bool is_allowed(int socket, char* name) {
  if (socket_option(socket, SO_DOMAIN) == AF_UNIX) return true;  // clients there have no address
  request_info request;
  request_init(&request, RQ_DAEMON, name, RQ_FILE, socket, 0);
  fromhost(&request);
  return hosts_access(&request) != 0;
}

[[noreturn]] void refuse(int socket, const char* banner) {
  char byte = 0;
  // A datagram that stays would be asked about again and again.
  if (socket_option(socket, SO_TYPE) == SOCK_DGRAM)
    ::recv(socket, &byte, sizeof byte, MSG_DONTWAIT);
  else
    send_banner(socket, banner);
  end_by(porterd::spawn::tcpd_refusal_signal());
}

}  // namespace

int main(int count, char** arguments) {
  if (count <= kArgv0) return kExitUsage;
  const int socket = arguments[kDescriptor][0] - '0';
  ::openlog("porterd-tcpd", LOG_PID, LOG_DAEMON);
  if (!is_allowed(socket, arguments[kName])) refuse(socket, arguments[kBannerFail]);
  ::closelog();
  const bool is_connection = socket_option(socket, SO_ACCEPTCONN) != 1 && socket_option(socket, SO_TYPE) != SOCK_DGRAM;
  if (is_connection && !send_banner(socket, arguments[kBannerSuccess])) return kExitUntaken;
  ::execv(arguments[kServer], arguments + kArgv0);
  end_by(porterd::spawn::tcpd_failure_signal(errno));
}
