#include "actors/node/node_actors.hpp"

#include "actors/artifacts/artifact_keeper.hpp"
#include "actors/cache/pull.hpp"
#include "actors/cache/tiers.hpp"
#include "actors/devices/lane.hpp"
#include "actors/events/event_bus.hpp"
#include "actors/new_envelope.hpp"
#include "actors/node/node.hpp"
#include "actors/quantization/job_runner.hpp"
#include "actors/registry/artifact_reader.hpp"
#include "actors/registry/history_keeper.hpp"
#include "actors/registry/lease_keeper.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registrar.hpp"
#include "actors/registry/registry.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "actors/supervision/supervised.hpp"

namespace trivium::actors {

namespace {

/// Spawns supervised actors and remembers in which order.
class spawner {
public:
  spawner(caf::actor_system& system, std::vector<caf::strong_actor_ptr>& order)
    : system_(system), order_(order) {}

  /// `start` is called for every incarnation.
  template <class Handle, class Start>
  Handle supervise(std::string name, Start start) {
    child_spec spec;
    spec.name = std::move(name);
    spec.start = [start](caf::event_based_actor* self) {
      return caf::actor_cast<caf::actor>(start(self));
    };
    const auto front = system_.spawn(supervised, std::move(spec));
    order_.push_back(caf::actor_cast<caf::strong_actor_ptr>(front));
    return caf::actor_cast<Handle>(front);
  }

private:
  caf::actor_system& system_;
  std::vector<caf::strong_actor_ptr>& order_;
};

using parent = caf::event_based_actor*;

expected<void> spawn_scheduler(spawner& tree, const node_resources& resources,
                               job_services& services) {
  const auto devices = resources.devices.empty() ? accelerators::probe_devices()
                                                 : resources.devices;
  if (devices.empty())
    return fail(ec::unavailable, "no device can compute; see trivium devices");
  const auto& settings = resources.settings;
  const auto device = devices.front();
  const auto info = device->info();
  services.device = info.name;
  services.lanes = settings.lanes == 0 ? info.lanes : settings.lanes;
  lane_set lanes;
  lanes.device = info.name;
  lanes.count = static_cast<uint32_t>(services.lanes);
  lanes.hangs_after = settings.lane_hang;
  lanes.spawn = [device, nice = settings.lane_nice](caf::local_actor* self) {
    return self->spawn<caf::detached>(lane, device, nice);
  };
  services.scheduler =
    tree.supervise<scheduler_actor>("scheduler", [lanes](parent self) {
      return self->spawn(scheduler, lanes);
    });
  return {};
}

void spawn_registry(spawner& tree, const node_resources& resources,
                    node_actors& made) {
  auto& services = made.services;
  const auto metadata = resources.metadata;
  const auto artifacts = resources.artifacts;
  const activity_limits limits{resources.settings.model_idle,
                               resources.settings.model_limit};
  made.events = tree.supervise<event_bus_actor>(
    "event_bus", [](parent self) { return self->spawn(event_bus); });
  services.writer = tree.supervise<metadata_writer_actor>(
    "metadata_writer", [metadata, events = made.events](parent self) {
      return self->spawn<caf::detached>(metadata_writer, metadata, events);
    });
  // Nobody asks it: it has no handle.
  tree.supervise<caf::actor>(
    "history_keeper",
    [writer = caf::actor_cast<compacting_writer_actor>(
       caf::actor_cast<caf::strong_actor_ptr>(services.writer)),
     keep = resources.settings.history](parent self) {
      return self->spawn(history_keeper, writer, keep);
    });
  made.reader = tree.supervise<metadata_reader_actor>(
    "metadata_reader", [metadata](parent self) {
      return self->spawn<caf::detached>(metadata_reader, metadata);
    });
  services.registry = tree.supervise<registry_actor>(
    "registry", [metadata, writer = services.writer, limits](parent self) {
      return self->spawn(registry, metadata, writer, limits);
    });
  made.registrar = tree.supervise<registrar_actor>(
    "registrar", [metadata, writer = services.writer](parent self) {
      return self->spawn(registrar, metadata, writer);
    });
  made.leases = tree.supervise<lease_actor>(
    "lease_keeper", [metadata, writer = services.writer](parent self) {
      return self->spawn(lease_keeper, metadata, writer);
    });
  // Without roots no registration names a file.
  if (!resources.settings.roots.empty())
    tree.supervise<event_listener_actor>(
      "artifact_reader",
      [reading = artifact_reading{metadata, artifacts, services.writer,
                                  resources.settings.roots, made.events,
                                  services.mode}](parent self) {
        return self->spawn<caf::detached>(artifact_reader, reading);
      });
  services.artifacts =
    tree.supervise<artifact_actor>("artifact_keeper", [artifacts](parent self) {
      return self->spawn<caf::detached>(artifact_keeper, artifacts);
    });
  made.finder =
    tree.supervise<artifact_actor>("artifact_finder", [artifacts](parent self) {
      return self->spawn<caf::detached>(artifact_keeper, artifacts);
    });
  made.origin =
    tree.supervise<origin_actor>("origin_tier", [artifacts](parent self) {
      return self->spawn<caf::detached>(origin_tier, artifacts);
    });
  made.tier = tree.supervise<tier_actor>(
    "disk_tier", [artifacts, origin = made.origin](parent self) {
      return self->spawn<caf::detached>(disk_tier, artifacts, origin);
    });
  services.pull = tree.supervise<pull_actor>(
    "pull", [registry = services.registry, keeper = made.finder,
             tier = made.tier](parent self) {
      return self->spawn<caf::detached>(pull, registry, keeper, tier);
    });
  services.store = artifacts;
  services.reader = made.reader;
}

} // namespace

expected<node_actors> spawn_node_actors(caf::actor_system& system,
                                        const node_resources& resources) {
  node_actors made;
  spawner tree{system, made.order};
  auto& services = made.services;
  services.executor = resources.executor;
  services.tile_bytes = resources.settings.tile_bytes;
  services.memory_bytes = resources.settings.memory_bytes;
  services.jobs_at_once = resources.settings.jobs;
  TRIVIUM_CHECK(spawn_scheduler(tree, resources, services));
  if (resources.metadata)
    spawn_registry(tree, resources, made);
  made.runner = tree.supervise<job_runner_actor>(
    "job_runner", [services, resumes = resources.resumes_jobs,
                   tenant = resources.settings.name_space](parent self) {
      auto runner = self->spawn(job_runner, services);
      if (resumes && *resumes) // its answer would come to the supervisor
        caf::anon_send(runner, new_envelope(tenant, "node"), resume_jobs{});
      return runner;
    });
  return made;
}

} // namespace trivium::actors
