// SPDX-License-Identifier: Apache-2.0
#include "daemon/name_resolver.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "os/accounts.h"

namespace porterd::daemon {

// The helper as a service like any other: that is how it gets its user, its limits and its clean environment.
config::Service resolver_service(const std::set<std::string>& names, uid_t our_uid) {
  config::Service service;
  service.service = service.id = "resolver";
  // The very program that runs, also when its file was replaced or lies where nobody may look.
  service.server = "/proc/self/exe";
  service.argv0 = "porterd-resolver";
  service.server_args = {"--resolve", "--"};
  service.server_args.insert(service.server_args.end(), names.begin(), names.end());
  service.groups.kind = config::Groups::Kind::none;
  if (our_uid == 0) {
    const auto nobody = os::nobody();
    service.user =
        config::User{.name = "nobody", .uid = nobody.uid, .gid = nobody.gid, .home = "/", .shell = "/bin/sh"};
  }
  return service;
}

admission::ResolvedNames addresses_in(std::string_view answer, const std::set<std::string>& names) {
  admission::ResolvedNames found;
  for (const auto line : base::split(answer, '\n')) {
    const auto words = base::split_words(line);
    if (words.empty() || !names.contains(std::string(words[0]))) continue;
    std::vector<base::IpAddress> addresses;
    for (std::size_t index = 1; index < words.size(); ++index)
      if (const auto address = base::parse_address(words[index])) addresses.push_back(*address);
    if (!addresses.empty()) found[std::string(words[0])] = std::move(addresses);
  }
  return found;
}

NameResolver::NameResolver(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback done)
    : machinery_(machinery),
      inheritance_(inheritance),
      done_(done),
      timer_(machinery.loop, event::callback<&NameResolver::begin>(*this)) {}

NameResolver::~NameResolver() { stop(); }

void NameResolver::stop() {
  timer_.stop();
  if (const auto round = std::exchange(round_, nullptr)) round->abandon();
}

void NameResolver::watch(std::set<std::string> names, std::chrono::milliseconds interval) {
  names_ = std::move(names);
  interval_ = interval;
  timer_.stop();
  if (!names_.empty()) begin();
}

void NameResolver::begin() {
  is_asked_again_ = round_ != nullptr;
  if (round_) return;
  timer_.start(interval_);
  round_ = HelperRun::start(machinery_, inheritance_, resolver_service(names_, inheritance_.uid), kResolverPatience,
                            [this](const std::string& text, bool is_whole) { finish(text, is_whole); });
}

void NameResolver::finish(const std::string& text, bool is_whole) {
  if (is_whole)
    for (auto& [name, addresses] : addresses_in(text, names_)) known_[name] = std::move(addresses);
  round_.reset();
  if (is_asked_again_) return begin();
  for (const auto& name : names_)
    if (!known_.contains(name))
      machinery_.log.message(base::Level::warning, "unresolved", "host name in an access list: " + name);
  done_.function(done_.object);
}

int resolve_names(const std::vector<std::string>& names) {
  // The pipe came non-blocking; here it may block.
  ::fcntl(STDOUT_FILENO, F_SETFL, ::fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
  for (const auto& name : names) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (::getaddrinfo(name.c_str(), nullptr, &hints, &first) != 0) continue;
    std::string line = name;
    for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
      base::RawAddress raw;
      raw.length = entry->ai_addrlen;
      std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                  reinterpret_cast<char*>(&raw.storage));
      if (const auto address = base::socket_address(raw); std::holds_alternative<base::Endpoint>(address))
        line += ' ' + std::get<base::Endpoint>(address).address.text();
    }
    ::freeaddrinfo(first);
    line += '\n';
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return 1;
  }
  return 0;
}

}  // namespace porterd::daemon
