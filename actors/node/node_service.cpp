#include "actors/node/node_service.hpp"

#include "accelerators/usable_cores.hpp"
#include "actors/gateway/door.hpp"
#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/grpc/registry_door.hpp"
#include "actors/new_envelope.hpp"
#include "actors/node/node_actors.hpp"
#include "actors/node/open_store.hpp"
#include "actors/node/shutdown.hpp"
#include "actors/node/thread_budget.hpp"
#include "actors/observability/log.hpp"
#include "actors/supervision/supervised.hpp"
#include "actors/time_limits.hpp"
#include "actors/transport/basp_link.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/wire/node_file.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"

#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <google/protobuf/stubs/logging.h>

#include <sys/stat.h>
#include <unistd.h>

namespace trivium::actors {

namespace {

using namespace std::chrono_literals;

/// Beside the lanes, at most: CAF's own, the store's, the door's, what jobs and
/// clients start.
constexpr size_t threads_of_a_node = 48;

/// What is left of the grace for actors that have nothing to finish.
constexpr std::chrono::milliseconds actor_grace{400};

/// For calls of gRPC clients: a commit or a few.
constexpr std::chrono::milliseconds grpc_grace{500};

struct service_config : actor_config {
  service_config() {
    load<caf::io::middleman>();
    add_message_types<caf::id_block::trivium_door>();
    add_message_types<caf::id_block::trivium_grpc>();
    set("middleman.heartbeat-interval", caf::timespan{1s});
    set("middleman.connection-timeout", caf::timespan{10s});
  }
};

struct service_runtime {
  service_config config;
  caf::actor_system system{config};
};

link_limits door_limits(const config::door_settings& settings) {
  link_limits limits;
  limits.max_frame_bytes = static_cast<uint32_t>(settings.frame_bytes);
  limits.max_sessions = settings.sessions;
  limits.handshake = settings.handshake;
  limits.idle = settings.idle;
  limits.stuck = settings.stuck;
  return limits;
}

/// Says who was refused, at most once a second: clients try again and again.
class refusal_log {
public:
  void add(link_peer peer, const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < 1s) {
      ++untold_;
      return;
    }
    log_warning(envelope{}, "the door refused a client",
                {{"why", why},
                 {"pid", std::to_string(peer.pid)},
                 {"uid", std::to_string(peer.uid)},
                 {"others_meanwhile", std::to_string(untold_)}});
    told_ = now;
    untold_ = 0;
  }

private:
  std::chrono::steady_clock::time_point told_{};
  uint64_t untold_ = 0;
};

class running_node final : public node_service {
public:
  explicit running_node(const service_options& options)
    : options_(options), facts_(std::make_shared<node_facts>()),
      relay_slot_(std::make_shared<std::weak_ptr<link_relay>>()) {
    const auto& settings = options_.settings;
    auto& identity = facts_->identity;
    std::error_code ignored;
    store_ = std::filesystem::absolute(settings.store, ignored);
    identity.version = options.version;
    identity.store = store_.native();
    identity.name_space = settings.name_space;
    identity.started_at = wall_clock();
    identity.pid = ::getpid();
    socket_ = settings.door.socket.empty()
                ? store_ / "door.sock"
                : std::filesystem::absolute(settings.door.socket, ignored);
  }

  ~running_node() override {
    if (!is_stopped_ && !stop(2s))
      ::_exit(1);
  }

  expected<void> start() {
    TRIVIUM_TRY(auto opened, open_store(options_.settings.store));
    resources_.settings = options_.settings;
    resources_.devices = options_.devices;
    resources_.metadata = std::move(opened.metadata);
    resources_.artifacts = std::move(opened.artifacts);
    resources_.resumes_jobs = resumes_jobs_;
    resources_.executor = accelerators::make_child_executor(
      options_.program, limits_of(options_.settings.executor));
    // The runtime is looked for when somebody asks: that takes a process.
    for (const auto& device : accelerators::device_report())
      facts_->devices.push_back({device.kind, device.name, device.lanes,
                                 device.memory_bytes, device.absence});
    runtime_ = std::make_unique<service_runtime>();
    close_side_doors(runtime_->system);
    TRIVIUM_TRY(actors_, spawn_node_actors(runtime_->system, resources_));
    TRIVIUM_CHECK(open_door());
    TRIVIUM_CHECK(open_grpc_door());
    TRIVIUM_CHECK(announce());
    // Not before: a node that cannot be reached is about to end.
    *resumes_jobs_ = true;
    caf::anon_send(actors_.runner,
                   new_envelope(facts_->identity.name_space, "node"),
                   resume_jobs{});
    return {};
  }

  const node_identity& identity() const override { return facts_->identity; }
  const std::filesystem::path& socket() const override { return socket_; }
  std::string grpc_address() const override { return grpc_address_; }

  bool stop(std::chrono::milliseconds grace) override {
    is_stopped_ = true;
    const auto deadline = std::chrono::steady_clock::now() + grace;
    facts_->is_draining->store(true);
    if (relay_)
      relay_->stop_accepting();
    withdraw();
    // Calls that are under way are answered by actors that still run.
    auto is_clean = !grpc_door_ || grpc_door_->stop(grpc_grace);
    is_clean = park_jobs_until(deadline - actor_grace) && is_clean;
    // The door's thread must not hand descriptors to a broker that is gone.
    relay_.reset();
    if (runtime_ && is_clean)
      is_clean = stop_in_order(
        runtime_->system, actors_.order,
        std::max(actor_grace,
                 std::chrono::duration_cast<std::chrono::milliseconds>(
                   deadline - std::chrono::steady_clock::now())));
    if (!is_clean) {
      log_error(envelope{}, "something hangs; leaving without it");
      return false;
    }
    grpc_door_.reset();
    services_.reset();
    actors_ = {};
    runtime_.reset();
    resources_ = {};
    log_info(envelope{}, "store closed");
    return true;
  }

private:
  /// Ends with the node, ahead of those that were made before it.
  caf::actor
  supervise(std::string name,
            std::function<caf::actor(caf::event_based_actor*)> start) {
    child_spec spec;
    spec.name = std::move(name);
    spec.start = std::move(start);
    const auto front = runtime_->system.spawn(supervised, std::move(spec));
    actors_.order.push_back(caf::actor_cast<caf::strong_actor_ptr>(front));
    return front;
  }

  expected<void> open_grpc_door() {
    const auto& settings = options_.settings;
    if (!settings.grpc.is_on())
      return {};
    registry_door_options options;
    options.settings = settings.grpc;
    options.asker = supervise("grpc desk", [](caf::event_based_actor* self) {
      return self->spawn(desk);
    });
    options.hub = caf::actor_cast<watch_hub_actor>(supervise(
      "watch hub", [store = resources_.metadata, events = actors_.events,
                    rules = services_->rules](caf::event_based_actor* self) {
        return caf::actor_cast<caf::actor>(
          self->spawn<caf::detached>(watch_hub, store, events, rules));
      }));
    TRIVIUM_TRY(grpc_door_, registry_door::open(std::move(options), services_));
    grpc_address_ = "127.0.0.1:" + std::to_string(grpc_door_->port());
    if (const auto colon = settings.grpc.listen.rfind(':');
        colon != std::string::npos)
      grpc_address_ = settings.grpc.listen.substr(0, colon + 1)
                      + std::to_string(grpc_door_->port());
    log_info(envelope{},
             "the gRPC door listens on this machine alone: nobody "
             "is authenticated",
             {{"address", grpc_address_}});
    return {};
  }

  expected<void> open_door() {
    auto services = std::make_shared<session_services>();
    services->actors = actors_;
    services->metadata = resources_.metadata;
    services->artifacts = resources_.artifacts;
    services->executor = resources_.executor;
    services->facts = facts_;
    services->rules = {options_.settings.name_space, options_.settings.roots};
    const auto detached_desk = [](caf::event_based_actor* self) {
      return self->spawn<caf::detached>(desk);
    };
    services->desk = supervise("desk", detached_desk);
    services->reading_desk = supervise("reading desk", detached_desk);
    services->leases = resources_.metadata;
    services_ = services;
    facts_->sessions = [slot = relay_slot_] {
      const auto relay = slot->lock();
      return relay ? static_cast<uint32_t>(relay->figures().sessions) : 0;
    };
    static_cast<void>(subject_of(::geteuid())); // here it may take its time
    const auto front = supervise(
      "door", [services = std::shared_ptr<const session_services>{services},
               slot = relay_slot_](caf::event_based_actor* self) {
        return caf::actor_cast<caf::actor>(self->spawn(door, services, slot));
      });
    link_events events;
    events.opened = [front](link_id link, int inner, link_peer peer) {
      caf::anon_send(
        front,
        link_opened{link, std::make_shared<passed_descriptor>(inner), peer});
    };
    events.closed = [front](link_id link, const std::string& why) {
      caf::anon_send(front, link_closed{link, why});
    };
    events.refused = [log = refusal_log{}](link_peer peer,
                                           const std::string& why) mutable {
      log.add(peer, why);
    };
    TRIVIUM_TRY(auto opened,
                link_relay::open(socket_, door_limits(options_.settings.door),
                                 std::move(events)));
    relay_ = std::move(opened);
    *relay_slot_ = relay_; // before the first link comes
    return relay_->start();
  }

  expected<void> announce() {
    const auto path = store_ / node_file_name;
    const auto& identity = facts_->identity;
    // A store may be mounted elsewhere for others.
    const auto text = format_node_file(
      {options_.settings.door.socket.empty() ? "door.sock" : socket_,
       identity.pid, identity.version, identity.started_at, grpc_address_});
    TRIVIUM_CHECK(storage::write_file(path, std::as_bytes(std::span{text})));
    ::chmod(path.c_str(), 0600);
    is_announced_ = true;
    return {};
  }

  void withdraw() {
    std::error_code ignored;
    if (std::exchange(is_announced_, false))
      std::filesystem::remove(store_ / node_file_name, ignored);
  }

  /// True when no job runs any more.
  bool park_jobs_until(std::chrono::steady_clock::time_point deadline) {
    if (!runtime_ || !actors_.runner)
      return true;
    caf::scoped_actor self{runtime_->system};
    auto is_parked = false;
    const auto left = std::max<std::chrono::nanoseconds>(
      deadline - std::chrono::steady_clock::now(), 100ms);
    self
      ->request(actors_.runner, caf::timespan{left},
                new_envelope(facts_->identity.name_space, "node"), park_jobs{})
      .receive([&](acknowledged) { is_parked = true; },
               [&](caf::error& e) {
                 log_error(envelope{}, "jobs did not stop in time",
                           {{"reason", from_caf(e).text}});
               });
    return is_parked;
  }

  service_options options_;
  std::filesystem::path store_;
  std::filesystem::path socket_;
  node_resources resources_;
  std::shared_ptr<node_facts> facts_;
  std::shared_ptr<std::weak_ptr<link_relay>> relay_slot_;
  std::unique_ptr<service_runtime> runtime_;
  std::shared_ptr<std::atomic<bool>> resumes_jobs_ =
    std::make_shared<std::atomic<bool>>(false);
  node_actors actors_;
  std::shared_ptr<const session_services> services_;
  std::shared_ptr<link_relay> relay_;
  std::unique_ptr<registry_door> grpc_door_;
  std::string grpc_address_; ///< Empty: there is none.
  bool is_announced_ = false;
  bool is_stopped_ = false;
};

} // namespace

expected<std::unique_ptr<node_service>>
node_service::start(const service_options& options) {
  // Protobuf prints what a peer got wrong; the peer is told instead.
  google::protobuf::SetLogHandler(nullptr);
  const auto lanes = options.settings.lanes == 0 ? accelerators::usable_cores()
                                                 : options.settings.lanes;
  TRIVIUM_CHECK(require_threads(lanes + threads_of_a_node));
  auto node = std::make_unique<running_node>(options);
  TRIVIUM_CHECK(node->start());
  return std::unique_ptr<node_service>{std::move(node)};
}

} // namespace trivium::actors
