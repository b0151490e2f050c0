// SPDX-License-Identifier: Apache-2.0
//
// All services that are configured, by id, and the change from one generation to the next. A socket that both have
// stays as it is, so a client in its backlog notices nothing; new places are bound before old ones are closed; sessions
// finish under the plan they began with.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "daemon/generation.h"
#include "daemon/machinery.h"
#include "daemon/service.h"

namespace porterd::daemon {

class ServiceSet final : public ServiceDirectory {
 public:
  explicit ServiceSet(Machinery& machinery) : machinery_(machinery) {}

  /// Sockets that came in bound (LISTEN_FDS): each is given to the service that listens at its address.
  void add_inherited(std::vector<base::Fd> sockets);
  /// Closes those that no service took, and says so.
  void drop_inherited();

  /// Makes the services those of `generation`.
  void apply(const Generation& generation);

  [[nodiscard]] std::size_t size() const { return services_.size(); }
  [[nodiscard]] std::size_t listener_count() const;
  [[nodiscard]] std::size_t degraded_count() const;
  void for_each(const std::function<void(Service&)>& visit);
  /// Null: there is none.
  [[nodiscard]] const Service* find(std::string_view id) const;
  /// Binds what was missing, after a change of the network.
  void open_missing();
  /// See ServiceDirectory.
  [[nodiscard]] std::shared_ptr<Service> tcpmux_service(std::string_view name) override;
  void on_held(const std::shared_ptr<Service>& service) override;
  void pause_all(Pause cause);
  void resume_all(Pause cause);
  /// See Service::give_up_held().
  void give_up_held();
  /// Closes every listener for good.
  void close_all();

 private:
  using Pool = std::map<listen::Place, std::unique_ptr<listen::Listener>>;
  [[nodiscard]] Pool collect_listeners();
  void hand_out(Service& service, Pool& pool);
  void adopt_inherited(Service& service);
  /// False when the machine is still out of what they need.
  [[nodiscard]] bool serve_held_clients();
  [[nodiscard]] std::shared_ptr<Service> service_for(const std::shared_ptr<const ServicePlan>& plan);

  Machinery& machinery_;
  std::map<listen::Place, base::Fd> inherited_;
  std::map<std::string, std::shared_ptr<Service>, std::less<>> services_;
  std::vector<std::shared_ptr<Service>> leaving_;  ///< removed, with a client that is still to be served
};

}  // namespace porterd::daemon
