#include "tools/trivium/repl/history_view.hpp"
#include "tools/trivium/repl/job_view.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/node_view.hpp"
#include "tools/trivium/repl/registry_view.hpp"

#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::tools::repl;
using test::must;

namespace {

const model_ref minilm{"default", "minilm"};

digest digest_of(uint8_t byte) {
  std::array<uint8_t, digest::size_bytes> bytes{};
  bytes.fill(byte);
  return digest{bytes};
}

/// Two versions, the newer with a variant that `production` points at.
model_details two_versions() {
  model_details model;
  for (const uint64_t minor : {0u, 1u}) {
    version_record version;
    version.model = minilm;
    version.version = {1, minor, 0, {}, {}};
    version.state = version_state::ready;
    version.format = model_format::onnx;
    version.size_bytes = 90'000'000;
    version.artifact = digest_of(static_cast<uint8_t>(minor + 1));
    model.versions.push_back(version);
  }
  variant_record variant;
  variant.model = minilm;
  variant.version = {1, 1, 0, {}, {}};
  variant.recipe = "int8";
  variant.recipe_digest = digest_of(0xaa);
  variant.state = variant_state::deployed;
  variant.checked.verdict = verdict::verified;
  model.variants.push_back(variant);
  alias_record alias;
  alias.model = minilm;
  alias.alias = "production";
  alias.version = {1, 1, 0, {}, {}};
  alias.recipe_digest = variant.recipe_digest;
  model.aliases.push_back(alias);
  model.alias_revisions.push_back(42);
  return model;
}

job_status running_job() {
  job_status job;
  job.record.id = "job-1";
  job.record.kind = "pipeline";
  job.record.model = minilm;
  job.record.version = {1, 1, 0, {}, {}};
  job.stage = job_stage::quantize;
  job.done = 42;
  job.total = 100;
  return job;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(list_the_newest_version_first) {
  const auto text = versions_text(two_versions(), {});

  BOOST_TEST(text.find("1.1.0") < text.find("1.0.0"));
}

BOOST_AUTO_TEST_CASE(say_what_an_alias_points_at_by_the_recipes_name) {
  const auto model = two_versions();

  BOOST_TEST(pointed_at(model.aliases.front(), model) == "1.1.0 int8");
  BOOST_TEST(holds(aliases_text(model, {}), "production  1.1.0 int8"));
}

BOOST_AUTO_TEST_CASE(find_a_variant_by_name_or_first_digits) {
  const auto model = two_versions();

  BOOST_TEST(find_variant(model, "1.1.0", "int8") == &model.variants[0]);
  BOOST_TEST(find_variant(model, "1.1.0", "aaaaaaaaaaaa")
             == &model.variants[0]);
  BOOST_TEST(find_variant(model, "1.0.0", "int8") == nullptr);
}

BOOST_AUTO_TEST_CASE(name_what_was_probably_meant) {
  const target version{minilm, "1.1.1", "", ""};
  const target variant{minilm, "1.1.0", "int9", ""};

  BOOST_TEST(test::text(version_text(version, two_versions(), {}))
             == "default/minilm has no version 1.1.1, did you mean \"1.1.0\"?");
  BOOST_TEST(test::text(variant_text(variant, two_versions(), {}))
             == "default/minilm 1.1.0 has no variant \"int9\", did you mean "
                "\"int8\"?");
}

BOOST_AUTO_TEST_CASE(make_strangers_text_printable) {
  model_list list;
  list.models.emplace_back().model = {"default", "\x1b[2J"};
  history_list history;
  history.entries.push_back({1, 1, "a\nb", "\x1b[2J", "\x9b", ""});

  for (const auto& text : {models_text(list, {}), json_of(list),
                           history_text(history, {}), json_of(history)}) {
    BOOST_TEST(!holds(text, "\x1b"));
    BOOST_TEST(!holds(text, "a\nb"));
    BOOST_TEST(!holds(text, "\x9b"));
  }
}

BOOST_AUTO_TEST_CASE(show_how_far_a_job_is) {
  auto job = running_job();
  BOOST_TEST(state_of(job) == "running");
  BOOST_TEST(progress_of(job) == "quantize 42 %");

  job.total = 0;
  BOOST_TEST(progress_of(job) == "quantize");

  job.is_queued = true;
  BOOST_TEST(state_of(job) == "queued");
  BOOST_TEST(progress_of(job) == "");

  job.record.state = job_state::failed;
  BOOST_TEST(state_of(job) == "failed");
}

BOOST_AUTO_TEST_CASE(draw_variants_below_what_they_were_made_from) {
  lineage_entry source;
  source.artifact = digest_of(1);
  source.model = minilm;
  source.version = {1, 1, 0, {}, {}};
  auto made = source;
  made.artifact = digest_of(2);
  made.parent = source.artifact;
  made.recipe = "int8";

  const auto text = lineage_text({made, source}, {});

  BOOST_TEST(text.find("010101010101") < text.find("└─ 020202020202"));
}

BOOST_AUTO_TEST_CASE(draw_the_tree_of_actors) {
  actor_status root;
  root.id = 1;
  root.name = "node";
  root.state = "running";
  auto child = root;
  child.id = 2;
  child.parent = 1;
  child.name = "registry";
  child.mailbox = 17;

  const auto text = actors_text({child, root}, {});

  BOOST_TEST(text
             == "actor        state    mailbox  restarts  thread\n"
                "node         running        0         0  pool\n"
                "└─ registry  running       17         0  pool\n");
}

BOOST_AUTO_TEST_CASE(of_top_fit_the_screen) {
  node_status node;
  node.version = "0.1.0";
  for (uint32_t number = 1; number <= 64; ++number) {
    lane_status lane;
    lane.number = number;
    lane.device = "cpu";
    node.lanes.push_back(lane);
  }
  node.jobs.push_back(running_job());
  screen on;
  on.width = 60;
  on.height = 10;

  const auto text = top_text(node, 1.5, on);

  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 10);
  BOOST_TEST(text.ends_with("…\n"));
}

BOOST_AUTO_TEST_CASE(for_programs_are_one_line_of_json) {
  job_details job;
  job.status = running_job();
  job.status.record.state = job_state::failed;
  job.failure = {ec::failed_precondition, "gate\nmissed"};

  BOOST_TEST(json_of(job)
             == R"({"id":"job-1","kind":"pipeline","namespace":"default",)"
                R"("model":"minilm","version":"1.1.0","recipe":"",)"
                R"("state":"failed","reason":"","subject":"","trace_id":"",)"
                R"("started_at":0,"ended_at":0,"error":{)"
                R"("code":"failed_precondition","text":"gate\\x0amissed"}})");
}

BOOST_AUTO_TEST_SUITE_END()
