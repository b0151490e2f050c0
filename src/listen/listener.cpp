// SPDX-License-Identifier: Apache-2.0
#include "listen/listener.h"

#include <unistd.h>

#include "os/descriptors.h"

namespace porterd::listen {
namespace {

bool is_wildcard(const base::SocketAddress& address) {
  const auto* endpoint = std::get_if<base::Endpoint>(&address);
  return endpoint != nullptr && (endpoint->address.is_unspecified() || endpoint->port == 0);
}

std::uint64_t next_serial() {
  static std::uint64_t last = 0;
  return ++last;
}

}  // namespace

base::Result<std::unique_ptr<Listener>> Listener::open(event::Loop& loop, Point point) {
  PORTERD_TRY_ASSIGN(base::Fd socket, os::bind_socket(point.request));
  std::unique_ptr<Listener> listener(new Listener(loop, std::move(point), os::move_high(std::move(socket)), true));
  PORTERD_TRY(listener->start());
  return listener;
}

base::Result<std::unique_ptr<Listener>> Listener::adopt(event::Loop& loop, Point point, base::Fd socket) {
  std::unique_ptr<Listener> listener(new Listener(loop, std::move(point), std::move(socket), false));
  PORTERD_TRY(listener->start());
  return listener;
}

Listener::Listener(event::Loop& loop, Point point, base::Fd socket, bool owns_path)
    : serial_(next_serial()),
      socket_(std::move(socket)),
      point_(std::move(point)),
      watch_(loop, socket_.number(), event::callback<&Listener::on_readable>(*this)) {
  if (!is_wildcard(point_.request.address)) fixed_address_ = point_.request.address;
  if (owns_path && !path().empty()) path_identity_ = os::identity_of(path());
}

Listener::~Listener() {
  if (path_identity_ && socket_.is_open() && is_in_place()) ::unlink(path().c_str());
}

bool Listener::is_in_place() const { return !path_identity_ || os::identity_of(path()) == path_identity_; }

std::string Listener::path() const {
  const auto* address = std::get_if<base::UnixAddress>(&point_.request.address);
  return address == nullptr || address->is_abstract ? std::string() : address->name;
}

bool Listener::serves(const Point& point) const {
  if (point_.place() == point.place()) return true;
  const auto* ours = std::get_if<base::Endpoint>(&point_.request.address);
  const auto* wanted = std::get_if<base::Endpoint>(&point.request.address);
  if (ours == nullptr || wanted == nullptr || !ours->address.is_unspecified() || !wanted->address.is_unspecified())
    return false;
  return ours->port == wanted->port && point_.request.type == point.request.type &&
         point_.request.device == point.request.device && os::is_dual_stack(socket_.number());
}

base::Status Listener::start() {
  if (point_.request.type == SOCK_DGRAM) os::enable_stamps(socket_.number());
  return update(point_);
}

base::Status Listener::update(const Point& point) {
  point_ = point;
  PORTERD_TRY(os::set_inherited_options(socket_.number(), point_.request.keepalive, point_.request.nodelay));
  if (path_identity_ && point_.path_access) {
    const PathAccess& access = *point_.path_access;
    PORTERD_TRY(os::set_path_access(path(), access.owner, access.group, access.mode));
  }
  if (point_.request.type != SOCK_DGRAM) return os::listen_on(socket_.number(), point_.backlog);
  return {};
}

void Listener::on_readable() {
  if (owner_ != nullptr) owner_->on_waiting(*this);
}

}  // namespace porterd::listen
