#include "actors/node/node.hpp"

#include "accelerators/usable_cores.hpp"
#include "actors/artifacts/live_artifacts.hpp"
#include "actors/golden/golden.hpp"
#include "actors/node/actor_config.hpp"
#include "actors/node/node_actors.hpp"
#include "actors/node/open_store.hpp"
#include "actors/node/shutdown.hpp"
#include "actors/node/thread_budget.hpp"
#include "actors/quantization/ingest.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using namespace std::chrono_literals;

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
    : settings_(options.settings) {
    resources_.settings = options.settings;
    resources_.settings.lane_nice = 0; // nobody else waits for this process
    resources_.executor = accelerators::make_child_executor(
      options.program, limits_of(options.settings.executor));
  }

  ~local_node() override {
    if (!stop_in_order(system_, made_.order, 2s))
      static_cast<void>(actors_.release());
  }

  expected<void> open_store() {
    TRIVIUM_TRY(auto opened, actors::open_store(settings_.store));
    resources_.metadata = std::move(opened.metadata);
    resources_.artifacts = std::move(opened.artifacts);
    return {};
  }

  expected<void> spawn_actors() {
    TRIVIUM_TRY(made_, spawn_node_actors(system_, resources_));
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
    const auto worker = system_.spawn<caf::detached>(
      ingest, resources_.artifacts, listener(self));
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
    return ask<version_registered>(made_.services.registry, from, command);
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
    return ask<pulled>(made_.services.pull, from, request);
  }

  expected<collected_garbage> collect(const envelope& from,
                                      std::chrono::seconds keep_for,
                                      bool dry_run) override {
    TRIVIUM_TRY(
      const auto models,
      ask<std::vector<key_value>>(made_.reader, from, read_prefix{"models/"}));
    TRIVIUM_TRY(auto live, live_artifacts(models));
    return ask<collected_garbage>(
      made_.services.artifacts, from,
      collect_garbage{std::move(live), keep_for, dry_run});
  }

private:
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
    self->request(made_.runner, command_limit, from, request, listener(self))
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
    const auto worker =
      system_.spawn<caf::detached>(actors::golden, resources_.executor);
    auto result = ask<golden_report>(worker, from, request);
    caf::scoped_actor self{system_};
    self->send_exit(worker, caf::exit_reason::user_shutdown);
    return result;
  }

  config::settings settings_;
  node_resources resources_;
  std::unique_ptr<actor_runtime> actors_ = std::make_unique<actor_runtime>();
  caf::actor_system& system_ = actors_->system;
  node_actors made_;
};

} // namespace

expected<std::unique_ptr<node>> node::start(const node_options& options) {
  const auto lanes = options.settings.lanes == 0 ? accelerators::usable_cores()
                                                 : options.settings.lanes;
  TRIVIUM_CHECK(require_threads(
    lanes + (options.wants_store ? threads_with_store : threads_alone)));
  auto started = std::make_unique<local_node>(options);
  if (options.wants_store)
    TRIVIUM_CHECK(started->open_store());
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
