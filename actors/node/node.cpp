#include "actors/node/node.hpp"

#include "accelerators/usable_cores.hpp"
#include "actors/artifacts/artifact_keeper.hpp"
#include "actors/artifacts/live_artifacts.hpp"
#include "actors/cache/pull.hpp"
#include "actors/cache/tiers.hpp"
#include "actors/devices/lane.hpp"
#include "actors/events/event_bus.hpp"
#include "actors/golden/golden.hpp"
#include "actors/node/actor_config.hpp"
#include "actors/node/shutdown.hpp"
#include "actors/node/thread_budget.hpp"
#include "actors/observability/log.hpp"
#include "actors/quantization/ingest.hpp"
#include "actors/quantization/job_runner.hpp"
#include "actors/registry/interrupted.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registry.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using namespace std::chrono_literals;

expected<void> mark_interrupted(storage::metadata_store& metadata) {
  TRIVIUM_TRY(const auto jobs, metadata.range(std::string{keys::jobs_prefix}));
  TRIVIUM_TRY(const auto models, metadata.range("models/"));
  TRIVIUM_TRY(const auto changes, interrupted_work(jobs, models, wall_clock()));
  if (changes.empty())
    return {};
  log_warning(envelope{}, "an earlier process left jobs or variants unfinished",
              {{"interrupted", std::to_string(changes.size())}});
  return metadata.commit(changes).map([](const auto&) {});
}

accelerators::graph_limits limits_of(const config::executor_settings& wanted) {
  return {std::chrono::ceil<std::chrono::seconds>(wanted.time_limit),
          wanted.memory_bytes};
}

/// Beside the lanes, at most: CAF's own, a job's workers, an executor's; with a
/// store also its actors and the engine's.
constexpr size_t threads_alone = 12;
constexpr size_t threads_with_store = 24;

struct actor_runtime {
  actor_config config;
  caf::actor_system system{config};
};

class local_node final : public node {
public:
  explicit local_node(const node_options& options)
    : settings_(options.settings),
      executor_(accelerators::make_child_executor(
        options.program, limits_of(options.settings.executor))) {}

  ~local_node() override {
    if (!stop_in_order(system_, order_, 2s))
      static_cast<void>(actors_.release());
  }

  expected<void> open_store(const std::filesystem::path& root) {
    TRIVIUM_TRY(auto metadata,
                storage::metadata_store::open(root / "metadata"));
    metadata_ = std::move(metadata);
    TRIVIUM_TRY(auto artifacts, storage::artifact_store::open(root));
    artifacts_ = std::move(artifacts);
    return mark_interrupted(*metadata_);
  }

  expected<void> spawn_actors() {
    job_services services;
    services.executor = executor_;
    services.tile_bytes = settings_.tile_bytes;
    services.memory_bytes = settings_.memory_bytes;
    TRIVIUM_CHECK(spawn_lanes(services));
    if (metadata_)
      spawn_registry(services);
    runner_ = keep(system_.spawn(job_runner, services));
    return {};
  }

  pipeline_end pipeline(const envelope& from, const pipeline_request& request,
                        const progress& report) override {
    auto ended = run_job(from, request, report);
    pipeline_end result;
    if (ended.pipeline)
      result.report = *ended.pipeline;
    result.failure = std::move(ended.failure);
    return result;
  }

  expected<quantize_report> quantize(const envelope& from,
                                     const quantize_request& request,
                                     const progress& report) override {
    auto ended = run_job(from, request, report);
    if (ended.failure.code != ec::none)
      return fail(std::move(ended.failure));
    return *ended.quantize;
  }

  expected<version_registered> register_model(const envelope& from,
                                              const std::filesystem::path& path,
                                              const model_ref& model,
                                              const semver& version,
                                              const progress& report) override {
    caf::scoped_actor self{system_};
    const auto worker =
      system_.spawn<caf::detached>(ingest, artifacts_, listener(self));
    auto taken = ask_with_progress<ingested>(self, report, worker, from,
                                             ingest_model{path});
    self->send_exit(worker, caf::exit_reason::user_shutdown);
    if (!taken)
      return fail(std::move(taken).error());
    register_version command;
    command.version.model = model;
    command.version.version = version;
    command.version.artifact = taken->artifact.artifact;
    command.version.format = taken->format;
    command.version.size_bytes = taken->artifact.files.total_bytes();
    command.version.storage_uri = taken->storage_uri;
    command.version.subject = from.subject;
    command.version.trace_id = trace_id_text(from.trace);
    return ask<version_registered>(registry_, from, command);
  }

  expected<golden_report> record(const envelope& from,
                                 const record_golden& request) override {
    return ask_golden(from, request);
  }

  expected<golden_report> check(const envelope& from,
                                const check_golden& request) override {
    return ask_golden(from, request);
  }

  expected<pulled> pull(const envelope& from,
                        const pull_model& request) override {
    return ask<pulled>(pull_, from, request);
  }

  expected<collected_garbage> collect(const envelope& from,
                                      std::chrono::seconds keep_for,
                                      bool dry_run) override {
    TRIVIUM_TRY(const auto models, ask<std::vector<key_value>>(
                                     reader_, from, read_prefix{"models/", 0}));
    TRIVIUM_TRY(auto live, live_artifacts(models));
    return ask<collected_garbage>(
      keeper_, from, collect_garbage{std::move(live), keep_for, dry_run});
  }

private:
  template <class Handle>
  Handle keep(Handle actor) {
    order_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  expected<void> spawn_lanes(job_services& services) {
    const auto devices = accelerators::probe_devices();
    if (devices.empty())
      return fail(ec::unavailable,
                  "no device can compute; see trivium devices");
    const auto& device = devices.front();
    const auto info = device->info();
    services.device = info.name;
    services.lanes = settings_.lanes == 0 ? info.lanes : settings_.lanes;
    std::vector<lane_actor> lanes;
    for (uint64_t i = 0; i < services.lanes; ++i)
      lanes.push_back(keep(system_.spawn<caf::detached>(lane, device)));
    services.scheduler = keep(system_.spawn(scheduler, std::move(lanes)));
    return {};
  }

  void spawn_registry(job_services& services) {
    const auto writer =
      keep(system_.spawn<caf::detached>(metadata_writer, metadata_));
    reader_ = keep(system_.spawn<caf::detached>(metadata_reader, metadata_));
    const auto events = keep(system_.spawn(event_bus));
    registry_ = keep(system_.spawn(registry, reader_, writer, events));
    keeper_ = keep(system_.spawn<caf::detached>(artifact_keeper, artifacts_));
    const auto origin =
      keep(system_.spawn<caf::detached>(origin_tier, artifacts_));
    const auto tier =
      keep(system_.spawn<caf::detached>(disk_tier, artifacts_, origin));
    pull_ = keep(
      system_.spawn<caf::detached>(actors::pull, registry_, keeper_, tier));
    services.store = artifacts_;
    services.registry = registry_;
    services.writer = writer;
    services.artifacts = keeper_;
    services.pull = pull_;
  }

  static job_listener_actor listener(const caf::scoped_actor& self) {
    return caf::actor_cast<job_listener_actor>(
      caf::actor_cast<caf::strong_actor_ptr>(self.ptr()));
  }

  template <class Answer, class Handle, class Message>
  expected<Answer> ask(const Handle& whom, const envelope& from,
                       const Message& message) {
    caf::scoped_actor self{system_};
    expected<Answer> result = fail(ec::internal, "no answer");
    self->request(whom, step_limit, from, message)
      .receive([&](Answer& answer) { result = std::move(answer); },
               [&](caf::error& e) { result = fail(from_caf(e)); });
    return result;
  }

  /// The same while progress messages keep coming to `self`: the answer is
  /// sent on as a message of its own.
  template <class Answer, class Handle, class Message>
  expected<Answer> ask_with_progress(caf::scoped_actor& self,
                                     const progress& report, const Handle& whom,
                                     const envelope& from,
                                     const Message& message) {
    std::optional<expected<Answer>> result;
    const auto asker = system_.spawn(
      [whom, from, message, sink = caf::actor_cast<caf::actor>(self.ptr())](
        caf::event_based_actor* me) -> caf::behavior {
        me->request(whom, step_limit, from, message)
          .then([=](Answer& answer) { me->send(sink, answer); },
                [=](caf::error& e) { me->send(sink, e); });
        return {[](op::cancel) {}};
      });
    self->receive_while([&] { return !result; })(
      [&](Answer& answer) { result.emplace(std::move(answer)); },
      [&](const caf::error& e) { result.emplace(fail(from_caf(e))); },
      [&](const envelope&, const job_progress& step) {
        if (report)
          report(step);
      });
    self->send_exit(asker, caf::exit_reason::user_shutdown);
    return std::move(*result);
  }

  template <class Request>
  job_outcome run_job(const envelope& from, const Request& request,
                      const progress& report) {
    caf::scoped_actor self{system_};
    std::optional<job_outcome> outcome;
    self->request(runner_, command_limit, from, request, listener(self))
      .receive([](const std::string&) {},
               [&](caf::error& e) {
                 outcome = job_outcome{{}, nullptr, nullptr, from_caf(e)};
               });
    self->receive_while([&] { return !outcome; })(
      [&](const envelope&, const job_progress& step) {
        if (report)
          report(step);
      },
      [&](const envelope&, job_outcome& ended) { outcome = std::move(ended); });
    return std::move(*outcome);
  }

  template <class Request>
  expected<golden_report> ask_golden(const envelope& from,
                                     const Request& request) {
    const auto worker = system_.spawn<caf::detached>(actors::golden, executor_);
    auto result = ask<golden_report>(worker, from, request);
    caf::scoped_actor self{system_};
    self->send_exit(worker, caf::exit_reason::user_shutdown);
    return result;
  }

  config::settings settings_;
  std::shared_ptr<accelerators::executor> executor_;
  std::shared_ptr<storage::metadata_store> metadata_; ///< Null without a store.
  std::shared_ptr<storage::artifact_store> artifacts_;
  std::unique_ptr<actor_runtime> actors_ = std::make_unique<actor_runtime>();
  caf::actor_system& system_ = actors_->system;
  std::vector<caf::strong_actor_ptr> order_; ///< Spawned; stopped backwards.
  metadata_reader_actor reader_;
  registry_actor registry_;
  artifact_actor keeper_;
  pull_actor pull_;
  job_runner_actor runner_;
};

} // namespace

expected<std::unique_ptr<node>> node::start(const node_options& options) {
  const auto lanes = options.settings.lanes == 0 ? accelerators::usable_cores()
                                                 : options.settings.lanes;
  TRIVIUM_CHECK(require_threads(
    lanes + (options.wants_store ? threads_with_store : threads_alone)));
  auto started = std::make_unique<local_node>(options);
  if (options.wants_store)
    TRIVIUM_CHECK(started->open_store(options.settings.store));
  TRIVIUM_CHECK(started->spawn_actors());
  return std::unique_ptr<node>{std::move(started)};
}

std::vector<device_status> probe_devices(const std::filesystem::path& program) {
  std::vector<device_status> found;
  for (const auto& device : accelerators::device_report())
    found.push_back({device.kind, device.name, device.lanes,
                     device.memory_bytes, device.absence});
  const auto runtime = accelerators::make_child_executor(program)->info();
  found.push_back({"executor", runtime.name, 0, 0, runtime.absence});
  return found;
}

} // namespace trivium::actors
