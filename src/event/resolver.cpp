// SPDX-License-Identifier: Apache-2.0
#include "event/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "base/clock.h"

namespace porterd::event {
namespace {

std::vector<base::IpAddress> addresses_of(const evutil_addrinfo* first) {
  std::vector<base::IpAddress> addresses;
  for (const auto* info = first; info != nullptr; info = info->ai_next) {
    base::RawAddress raw;
    raw.length = std::min<socklen_t>(info->ai_addrlen, sizeof raw.storage);
    std::memcpy(&raw.storage, info->ai_addr, raw.length);
    const auto address = base::socket_address(raw);
    const auto* endpoint = std::get_if<base::Endpoint>(&address);
    if (endpoint != nullptr && std::ranges::find(addresses, endpoint->address) == addresses.end())
      addresses.push_back(endpoint->address);
  }
  std::ranges::stable_partition(addresses, [](const auto& address) { return address.family == base::Family::ipv6; });
  return addresses;
}

}  // namespace

class Resolver::Machine {
 public:
  Machine(Resolver& owner, event_base* loop) : owner_(owner), dns_(evdns_base_new(loop, 0), Free{}) {}
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() {
    for (const auto& [host, name] : names_)
      if (name.question != nullptr) name.question->machine = nullptr;
  }

  base::Status read_files(const std::string& resolv_conf, const std::string& hosts) {
    if (!dns_) return base::failure(ENOMEM, "name look-up");
    // A missing file is no reason not to start: evdns then asks this machine, and names fail one by one.
    evdns_base_resolv_conf_parse(dns_.get(), DNS_OPTION_SEARCH | DNS_OPTION_NAMESERVERS | DNS_OPTION_MISC,
                                 resolv_conf.c_str());
    evdns_base_load_hosts(dns_.get(), hosts.c_str());
    return {};
  }

  void resolve(const std::string& host, Resolved& resolved) {
    Name& name = names_[host];
    if (base::Steady::now() < name.fresh_until) {
      // A copy, as the one who asked may ask again.
      const auto answer = name.addresses;
      return resolved.on_resolved(answer);
    }
    resolved.asked_ = &owner_;
    resolved.host_ = host;
    name.waiting.push_back(&resolved);
    if (name.question == nullptr) ask(host, name);
  }

  void withdraw(const std::string& host, const Resolved& resolved) { std::erase(names_[host].waiting, &resolved); }

 private:
  /// What evdns gives back with its answer. It frees itself, as that may come later than the end of the machine.
  struct Question {
    Machine* machine;
    std::string host;
  };
  struct Name {
    std::vector<base::IpAddress> addresses;
    base::SteadyTime fresh_until;
    Question* question = nullptr;  ///< on its way
    std::vector<Resolved*> waiting;
  };
  struct Free {
    void operator()(evdns_base* dns) const noexcept { evdns_base_free(dns, 0); }
  };

  void ask(const std::string& host, Name& name) {
    evutil_addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    name.question = new Question{.machine = this, .host = host};
    evdns_getaddrinfo(dns_.get(), host.c_str(), nullptr, &hints, &Machine::on_answer, name.question);
  }

  static void on_answer(int error, evutil_addrinfo* answer, void* object) noexcept {
    const std::unique_ptr<evutil_addrinfo, decltype(&evutil_freeaddrinfo)> owned(answer, &evutil_freeaddrinfo);
    const std::unique_ptr<Question> question(static_cast<Question*>(object));
    if (question->machine != nullptr)
      question->machine->take_answer(question->host,
                                     error == 0 ? addresses_of(answer) : std::vector<base::IpAddress>());
  }

  void take_answer(const std::string& host, std::vector<base::IpAddress> addresses) {
    Name& name = names_[host];
    name.question = nullptr;
    name.fresh_until = base::Steady::now() + (addresses.empty() ? kRetry : kFresh);
    if (!addresses.empty()) name.addresses = std::move(addresses);
    const auto answer = name.addresses;
    while (!name.waiting.empty()) {
      Resolved* resolved = name.waiting.back();
      name.waiting.pop_back();
      resolved->asked_ = nullptr;
      resolved->on_resolved(answer);
    }
  }

  Resolver& owner_;
  std::unique_ptr<evdns_base, Free> dns_;
  std::unordered_map<std::string, Name> names_;  ///< bounded by the names that are configured
};

Resolver::Resolver() = default;
Resolver::~Resolver() = default;

base::Result<std::unique_ptr<Resolver>> Resolver::make(Loop& loop, const std::string& resolv_conf,
                                                       const std::string& hosts) {
  std::unique_ptr<Resolver> resolver(new Resolver());
  resolver->machine_ = std::make_unique<Machine>(*resolver, loop.base_.get());
  PORTERD_TRY(resolver->machine_->read_files(resolv_conf, hosts));
  return resolver;
}

void Resolver::resolve(const std::string& host, Resolved& resolved) {
  resolved.withdraw();
  machine_->resolve(host, resolved);
}

void Resolved::withdraw() {
  if (asked_ != nullptr) std::exchange(asked_, nullptr)->machine_->withdraw(host_, *this);
}

}  // namespace porterd::event
