#include "actors/artifacts/artifact_keeper.hpp"
#include "actors/devices/lane.hpp"
#include "actors/events/event_bus.hpp"
#include "actors/quantization/job_runner.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registry.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cmath>
#include <cstring>
#include <limits>

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

constexpr uint64_t rows = 8;
constexpr uint64_t columns = 256;

/// A safetensors file with one Linear weight, `first` as its first element.
std::string linear_model(float first = 0.5f) {
  std::string weights(rows * columns * sizeof(float), '\0');
  for (uint64_t i = 0; i < rows * columns; ++i) {
    const float x = i == 0 ? first : std::sin(static_cast<float>(i)) / 3.0f;
    std::memcpy(weights.data() + i * sizeof(float), &x, sizeof(x));
  }
  std::string header =
    R"({"layer.weight":{"dtype":"F32","shape":[8,256],"data_offsets":[0,)"
    + std::to_string(weights.size()) + "]}}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const uint64_t length = header.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + header + weights;
}

recipe linear_recipe(double min_sqnr_db) {
  recipe made;
  made.name = "int8";
  std::array<uint8_t, digest::size_bytes> bytes{};
  bytes.fill(static_cast<uint8_t>(min_sqnr_db));
  made.sha256 = digest{bytes};
  recipe_target target;
  target.format = model_format::safetensors;
  target.rules.push_back({"*", {"Linear"}, 0, scheme::int8_row_ct});
  target.gate.min_layer_sqnr_db = min_sqnr_db;
  made.targets.push_back(target);
  return made;
}

/// Nothing here has a graph.
struct no_executor final : accelerators::executor {
  accelerators::executor_info info() override {
    return {{}, {}, {}, {}, "none in this test"};
  }
  expected<accelerators::graph_outcome> run(const accelerators::graph_request&,
                                            const cancel_token&) override {
    return fail(ec::unavailable, "none in this test");
  }
};

struct pipeline_fixture : deterministic_actors {
  pipeline_fixture() {
    fill(model, linear_model());
    const auto writer =
      keep(system.spawn(metadata_writer, metadata, event_bus_actor{}));
    registry =
      keep(system.spawn(actors::registry, metadata, writer, activity_limits{}));
    job_services services;
    services.mode = worker_mode::pooled;
    services.store = artifacts;
    services.artifacts = keep(system.spawn(artifact_keeper, artifacts));
    services.registry = registry;
    services.writer = writer;
    services.executor = std::make_shared<no_executor>();
    const auto cpu = accelerators::probe_devices().front();
    services.scheduler = keep(system.spawn(
      actors::scheduler,
      lane_set{"cpu", 1,
               [=](caf::local_actor* self) -> lane_actor {
                 return self->spawn(actors::lane, cpu, 0);
               },
               std::chrono::seconds{30}, std::chrono::minutes{10}}));
    services.tile_bytes = 1024; // several tiles a tensor
    runner = keep(system.spawn(job_runner, services));
  }

  job_outcome run(double min_sqnr_db, bool force = false) {
    return run(linear_recipe(min_sqnr_db), force);
  }

  job_outcome run(recipe used, bool force) {
    pipeline_request request;
    request.model = model;
    request.name = {"default", "linear"};
    request.recipe = std::move(used);
    request.force = force;
    return run(request);
  }

  job_outcome run(const pipeline_request& request) {
    must(
      ask<std::string>(runner, from, request,
                       caf::actor_cast<job_listener_actor>(
                         caf::actor_cast<caf::strong_actor_ptr>(self.ptr()))));
    job_outcome outcome;
    bool is_there = false;
    self->receive_while([&] { return !is_there; })(
      [](const envelope&, const job_progress&) {},
      [&](const envelope&, job_outcome& ended) {
        outcome = std::move(ended);
        is_there = true;
      });
    return outcome;
  }

  expected<resolved_alias> production() {
    return ask<resolved_alias>(
      registry, from, resolve_alias{{{"default", "linear"}, "production"}});
  }

  long staged() const {
    long count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{
           folder / "store" / "staging"})
      count += entry.is_regular_file();
    return count;
  }

  temporary_folder folder;
  std::filesystem::path model = folder / "linear.safetensors";
  std::shared_ptr<memory_store> metadata = std::make_shared<memory_store>();
  std::shared_ptr<storage::artifact_store> artifacts{
    must(storage::artifact_store::open(folder / "store"))};
  registry_actor registry;
  job_runner_actor runner;
  envelope from;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_pipeline, pipeline_fixture)

BOOST_AUTO_TEST_CASE(ends_with_the_verified_variant_in_production) {
  const auto ended = run(30);

  BOOST_REQUIRE(ended.failure.code == ec::none);
  const auto& report = *ended.pipeline;
  BOOST_TEST((report.variant.state == variant_state::deployed));
  BOOST_TEST((report.variant.checked.verdict == verdict::layer_verified));
  BOOST_TEST((must(production()).alias.artifact == report.variant.artifact));
  BOOST_TEST(artifacts->find(report.variant.artifact).has_value());
  BOOST_TEST(staged() == 0);
}

BOOST_AUTO_TEST_CASE(recognises_what_it_made_before) {
  const auto first = run(30);
  const auto again = run(30);

  BOOST_REQUIRE(again.failure.code == ec::none);
  BOOST_TEST(again.pipeline->variant_was_known);
  BOOST_TEST(!again.pipeline->quantized.has_value());
  BOOST_TEST(
    (again.pipeline->variant.artifact == first.pipeline->variant.artifact));
}

BOOST_AUTO_TEST_CASE(makes_the_same_bytes_anew_when_forced) {
  const auto first = run(30);
  const auto again = run(30, true);

  BOOST_REQUIRE(again.failure.code == ec::none);
  BOOST_TEST(!again.pipeline->variant_was_known);
  BOOST_TEST(
    (again.pipeline->variant.artifact == first.pipeline->variant.artifact));
}

BOOST_AUTO_TEST_CASE(leaves_what_is_deployed_when_making_it_anew_fails) {
  const auto good = run(30);
  auto stricter = linear_recipe(30);
  stricter.targets.front().gate.min_layer_sqnr_db = 200;
  const auto bad = run(stricter, true);

  BOOST_TEST(bad.failure.code == ec::failed_precondition);
  BOOST_TEST((bad.pipeline->variant.state == variant_state::deployed));
  const auto variant = must(ask<variant_record>(
    registry, from,
    get_variant{
      {"default", "linear"}, good.pipeline->variant.version, stricter.sha256}));
  BOOST_TEST((variant.state == variant_state::deployed));
  BOOST_TEST((variant.artifact == good.pipeline->variant.artifact));
  BOOST_TEST(staged() == 0);
}

BOOST_AUTO_TEST_CASE(makes_anew_what_lost_its_files) {
  const auto first = run(30);
  const auto lost = must(artifacts->find(first.pipeline->variant.artifact));
  const auto name = to_string(lost.files.front().sha256);
  std::filesystem::remove(folder / "store/blobs" / name.substr(0, 2) / name);
  const auto again = run(30);

  BOOST_REQUIRE(again.failure.code == ec::none);
  BOOST_TEST(!again.pipeline->variant_was_known);
  BOOST_TEST((again.pipeline->variant.state == variant_state::deployed));
  BOOST_TEST(artifacts->has_blob(lost.files.front().sha256));
}

BOOST_AUTO_TEST_CASE(refuses_a_taken_output_before_anything_is_done) {
  pipeline_request request;
  request.model = model;
  request.name = {"default", "linear"};
  request.recipe = linear_recipe(30);
  request.out = model;

  BOOST_TEST(run(request).failure.code == ec::already_exists);
  BOOST_TEST(code(production()) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(that_misses_its_gate_leaves_the_alias) {
  const auto good = run(30);
  const auto bad = run(200);

  BOOST_TEST(bad.failure.code == ec::failed_precondition);
  BOOST_TEST(bad.failure.text.starts_with("gate missed: "));
  BOOST_TEST((bad.pipeline->variant.state == variant_state::failed));
  BOOST_TEST(
    (must(production()).alias.artifact == good.pipeline->variant.artifact));
  BOOST_TEST(staged() == 0);
}

BOOST_AUTO_TEST_CASE(names_the_element_that_is_not_finite) {
  fill(model, linear_model(std::numeric_limits<float>::quiet_NaN()));
  const auto ended = run(30);

  BOOST_TEST(ended.failure.code == ec::invalid_argument);
  BOOST_TEST(ended.failure.text
             == "tensor \"layer.weight\": element 0 is NaN or infinite; only "
                "finite weights are quantized");
  BOOST_TEST(code(production()) == ec::not_found);
  BOOST_TEST(staged() == 0);
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_says_so_and_leaves_nothing) {
  from.cancel.cancel();
  const auto ended = run(30);

  BOOST_TEST(ended.failure.code == ec::cancelled);
  BOOST_TEST(code(production()) == ec::not_found);
  BOOST_TEST(staged() == 0);
}

BOOST_AUTO_TEST_CASE(refuses_a_recipe_without_the_format) {
  pipeline_request request;
  request.model = model;
  request.name = {"default", "linear"};
  request.recipe = linear_recipe(30);
  request.recipe.targets.clear();

  must(ask<std::string>(runner, from, request,
                        caf::actor_cast<job_listener_actor>(
                          caf::actor_cast<caf::strong_actor_ptr>(self.ptr()))));
  error failure{ec::none, {}};
  self->receive_while([&] { return failure.code == ec::none; })(
    [](const envelope&, const job_progress&) {},
    [&](const envelope&, const job_outcome& ended) {
      failure = ended.failure;
    });

  BOOST_TEST(failure.code == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(whose_actor_dies_is_reported_all_the_same) {
  pipeline_request request;
  request.model = model;
  request.name = {"default", "linear"};
  request.recipe = linear_recipe(30);
  self->send(runner, from, request,
             caf::actor_cast<job_listener_actor>(
               caf::actor_cast<caf::strong_actor_ptr>(self.ptr())));
  auto& state =
    caf::actor_cast<job_runner_actor::stateful_pointer<job_runner_state>>(
      runner)
      ->state;
  while (state.running == 0)
    BOOST_REQUIRE(schedule().try_run_once());
  self->send_exit(caf::actor_cast<caf::actor>(state.jobs.begin()->second.actor),
                  caf::exit_reason::kill);
  schedule().run();
  error failure{ec::none, {}};
  self->receive_while([&] { return failure.code == ec::none; })(
    [](const std::string&) {}, [](const envelope&, const job_progress&) {},
    [&](const envelope&, const job_outcome& ended) {
      failure = ended.failure;
    });

  BOOST_TEST(failure.code == ec::internal);
}

BOOST_AUTO_TEST_SUITE_END()
