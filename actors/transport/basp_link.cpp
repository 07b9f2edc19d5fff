#include "actors/transport/basp_link.hpp"

#include "messages/interfaces/errors.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/scribe_impl.hpp>

#include <atomic>
#include <set>

static_assert(CAF_VERSION == 1706,
              "the broker's clauses used here are those of CAF 0.17.6");

namespace trivium::actors {

namespace {

/// A connection on a socket that has no port. CAF numbers connections by
/// descriptor, which the system uses again: a late clean-up could hit the next
/// one; these numbers never repeat.
class local_scribe final : public caf::io::network::scribe_impl {
public:
  local_scribe(caf::io::network::default_multiplexer& multiplexer, int fd)
    : scribe_impl(multiplexer, fd) {
    static std::atomic<int64_t> next{int64_t{1} << 32};
    hdl_ = caf::io::connection_handle::from_int(next++);
    msg().handle = hdl_;
  }
  std::string addr() const override { return "local"; }
  uint16_t port() const override { return 0; }

protected:
  /// Runs on the broker's thread, before the broker hears of it.
  void detach_from(caf::io::abstract_broker* parent) override {
    scribe_impl::detach_from(parent);
    forget_spawn_servers(*static_cast<caf::io::basp_broker*>(parent));
  }

private:
  /// For each node that it meets the broker spawns an actor, which looks for
  /// one to spawn others by, and keeps it as long as itself.
  void forget_spawn_servers(caf::io::basp_broker& broker) const {
    auto& servers = broker.spawn_servers;
    for (auto i = servers.begin(); i != servers.end();) {
      const auto route = broker.instance.tbl().lookup_direct(i->first);
      if (route && *route != hdl_) {
        ++i;
        continue;
      }
      caf::anon_send_exit(i->second, caf::exit_reason::kill);
      i = servers.erase(i);
    }
  }
};

caf::actor broker_of(caf::actor_system& system) {
  return system.middleman().named_broker<caf::io::basp_broker>(
    caf::atom("BASP"));
}

caf::io::scribe_ptr make_scribe(caf::actor_system& system, int fd) {
  auto& multiplexer = static_cast<caf::io::network::default_multiplexer&>(
    system.middleman().backend());
  return caf::make_counted<local_scribe>(multiplexer, fd);
}

/// A key in the broker's table, not a port: nothing is bound.
constexpr uint16_t slot = 1;

} // namespace

void offer(caf::actor_system& system, int fd, const gateway_actor& gateway) {
  caf::anon_send(broker_of(system), caf::publish_atom_v,
                 make_scribe(system, fd), slot,
                 caf::actor_cast<caf::strong_actor_ptr>(gateway),
                 system.message_types<gateway_actor>());
}

void attach(caf::event_based_actor* self, int fd, caf::timespan limit,
            std::function<void(gateway_actor)> found,
            std::function<void(error)> failed) {
  auto& system = self->system();
  self
    ->request(broker_of(system), limit, caf::connect_atom_v,
              make_scribe(system, fd), uint16_t{0})
    .then(
      [=, &system](caf::node_id&, caf::strong_actor_ptr& gateway,
                   std::set<std::string>& signatures) {
        if (!gateway)
          failed({ec::unavailable, "the node offers no session"});
        else if (!system.assignable(signatures,
                                    system.message_types<gateway_actor>()))
          failed({ec::unsupported, "the node speaks another protocol"});
        else
          found(caf::actor_cast<gateway_actor>(std::move(gateway)));
      },
      [=](caf::error& e) {
        failed(
          {ec::unavailable, "no session with the node: " + from_caf(e).text});
      });
}

void close_side_doors(caf::actor_system& system) {
  system.registry().erase(caf::atom("SpawnServ"));
  system.registry().erase(caf::atom("ConfigServ"));
}

} // namespace trivium::actors
