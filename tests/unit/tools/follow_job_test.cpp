#include "tools/trivium/repl/follow_job.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/unit/tools/console.hpp"

using namespace trivium;
using namespace trivium::tools::repl;

namespace {

/// A registration that runs, then ended as `last`.
void let_it_end(test::fake_node& node, job_state last) {
  job_status running;
  running.record.id = "job-1";
  running.total = 100;
  running.done = 50;
  auto ended = running;
  ended.record.state = last;
  node.course = {running, ended};
  node.job.status = ended;
  version_registered registered;
  registered.version.model = {"default", "rec"};
  if (last == job_state::done)
    node.job.registered = registered;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(following_a_job, test::console)

BOOST_AUTO_TEST_CASE(ends_with_what_it_gave) {
  let_it_end(node, job_state::done);

  BOOST_TEST(run("register rec.onnx") == 0);
  BOOST_TEST(printed.starts_with("default/rec 0.0.0 registered: "));
}

BOOST_AUTO_TEST_CASE(fails_as_the_job_did) {
  let_it_end(node, job_state::failed);
  node.job.failure = {ec::failed_precondition, "the gate was missed"};

  BOOST_TEST(run("watch job-1") == 1);
  BOOST_TEST(errors.ends_with("trivium: the gate was missed\n"));
}

BOOST_AUTO_TEST_CASE(for_programs_is_one_line_of_json_also_when_it_failed) {
  let_it_end(node, job_state::failed);
  node.job.failure = {ec::failed_precondition, "the gate was missed"};

  BOOST_TEST(run("watch job-1 --json") == 1);
  BOOST_TEST(printed.starts_with("{\"id\":\"job-1\","));
  BOOST_TEST(std::count(printed.begin(), printed.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(lets_go_at_ctrl_c_while_the_job_goes_on) {
  let_it_end(node, job_state::done);
  node.course.pop_back(); // it never ends
  session.cancel = stop.begin();
  stop.raise();
  const test::captured_errors captured;

  BOOST_TEST(follow_job(session, "job-1").has_value());

  BOOST_TEST(captured.text().ends_with(
    "job job-1 goes on; `watch` follows it, `cancel` stops it\n"));
  BOOST_TEST(printed == "");
}

BOOST_AUTO_TEST_CASE(says_how_a_job_ended_whose_failure_nobody_remembers) {
  job_details job;
  job.status.record.id = "job-1";
  job.status.record.reason = "disk full";
  const auto failure = [&](job_state state) {
    job.status.record.state = state;
    return failure_of(job);
  };

  BOOST_TEST(failure(job_state::done).code == ec::none);
  BOOST_TEST(
    failure(job_state::failed)
    == (error{ec::failed_precondition, "job job-1 failed: disk full"}));
  BOOST_TEST(failure(job_state::cancelled).code == ec::cancelled);
  BOOST_TEST(failure(job_state::parked).code == ec::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
