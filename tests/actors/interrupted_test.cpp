#include "actors/registry/interrupted.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;

BOOST_AUTO_TEST_SUITE(a_start_after_a_crash)

BOOST_AUTO_TEST_CASE(marks_running_jobs_interrupted) {
  job_record job;
  job.id = "job-1";
  job.state = job_state::running;
  const key_value stored{must(keys::job(job.id)), storage::encode(job), 1, 4,
                         1};
  const auto changes = must(actors::interrupted_work({&stored, 1}, {}, 99));

  BOOST_REQUIRE(changes.size() == 1u);
  const auto& written = std::get<put>(changes[0].then.at(0));
  BOOST_TEST(
    (must(storage::decode_job(written.value)).state == job_state::interrupted));
  BOOST_TEST(changes[0].when.at(0).modified == 4u);
}

BOOST_AUTO_TEST_CASE(fails_variants_that_nobody_makes_any_more) {
  variant_record variant;
  variant.model = {"default", "m"};
  variant.version = {1, 0, 0, {}, {}};
  std::array<uint8_t, digest::size_bytes> bytes{};
  bytes.fill(7);
  variant.recipe_digest = digest{bytes};
  variant.state = variant_state::verifying;
  const key_value stored{
    must(keys::variant(variant.model, variant.version, variant.recipe_digest)),
    storage::encode(variant), 1, 4, 1};
  const auto changes = must(actors::interrupted_work({}, {&stored, 1}, 99));

  BOOST_REQUIRE(changes.size() == 1u);
  const auto& written = std::get<put>(changes[0].then.at(0));
  const auto record = must(storage::decode_variant(written.value));
  BOOST_TEST((record.state == variant_state::failed));
  BOOST_TEST(record.reason == "interrupted");
}

BOOST_AUTO_TEST_CASE(leaves_ended_jobs_alone) {
  job_record job;
  job.id = "job-1";
  job.state = job_state::done;
  const key_value stored{must(keys::job(job.id)), storage::encode(job), 1, 4,
                         1};

  BOOST_TEST(must(actors::interrupted_work({&stored, 1}, {}, 99)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
