#include "actors/quantization/job_runner.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

/// Stands for the registry, and holds each job at its first question.
struct asked_registry_state {
  static inline constexpr const char* name = "asked_registry";
  struct question {
    envelope from;
    std::string version;
    caf::typed_response_promise<version_record> promise;
  };
  std::vector<question> questions; ///< Oldest first.
};

/// The second message answers the question of that number with the error.
using asked_registry_actor =
  caf::typed_actor<caf::replies_to<envelope, get_version>::with<version_record>,
                   caf::reacts_to<op::tick, uint64_t, caf::error>>;
using asked_registry_pointer =
  asked_registry_actor::stateful_pointer<asked_registry_state>;

asked_registry_actor::behavior_type
asked_registry(asked_registry_pointer self) {
  return {[self](const envelope& from,
                 const get_version& wanted) -> caf::result<version_record> {
            auto promise = self->make_response_promise<version_record>();
            self->state.questions.push_back(
              {from, to_string(wanted.version), promise});
            return promise;
          },
          [self](op::tick, uint64_t index, const caf::error& reason) {
            self->state.questions.at(index).promise.deliver(reason);
          }};
}

struct runner_fixture : deterministic_actors {
  runner_fixture() { spawn(1); }

  /// A job that is never answered would keep the actor system.
  ~runner_fixture() {
    for (const auto& one : asked_ones_) {
      asked = one;
      for (size_t i = 0; i < questions().size(); ++i)
        end(i);
    }
  }

  void spawn(uint32_t jobs_at_once) {
    asked = keep(system.spawn(asked_registry));
    asked_ones_.push_back(asked);
    job_services services;
    services.mode = worker_mode::pooled;
    services.registry = caf::actor_cast<registry_actor>(
      caf::actor_cast<caf::strong_actor_ptr>(asked));
    writer = keep(system.spawn(metadata_writer, store, event_bus_actor{}));
    services.writer = writer;
    services.reader = keep(system.spawn(metadata_reader, store));
    services.jobs_at_once = jobs_at_once;
    runner = keep(system.spawn(job_runner, services));
    schedule().run();
  }

  static job_request request(const std::string& version) {
    job_request wanted;
    wanted.kind = job_kind::quantize;
    wanted.model = {"default", "m"};
    wanted.version = version;
    wanted.recipe = "int8.yaml";
    wanted.recipe_text = "name: int8\ntargets:\n  - format: safetensors\n"
                         "    rules:\n      - name: \"*\"\n"
                         "        action: int8_row_ct\n";
    return wanted;
  }

  expected<std::string> submit(const std::string& version) {
    return ask<std::string>(runner, from, request(version));
  }

  std::vector<asked_registry_state::question>& questions() {
    return caf::actor_cast<asked_registry_pointer>(asked)->state.questions;
  }

  /// Versions whose jobs have begun, in their order.
  std::vector<std::string> begun() {
    std::vector<std::string> versions;
    for (const auto& one : questions())
      versions.push_back(one.version);
    return versions;
  }

  /// Lets the job that asked as number `index` go on to its end.
  void end(size_t index, const error& reason = {ec::not_found, "no version"}) {
    const auto is_cancelled = questions().at(index).from.cancel.is_cancelled();
    self->send(asked, op::tick_v, uint64_t{index},
               to_caf(is_cancelled ? error{ec::cancelled, "stopped"} : reason));
    schedule().run();
  }

  /// The same, of the job that asked `one` first.
  void end_one_of(const asked_registry_actor& one) {
    const auto current = std::exchange(asked, one);
    end(0);
    asked = current;
  }

  std::vector<job_status> unfinished() {
    return must(ask<std::vector<job_status>>(runner, from, list_jobs{}));
  }

  expected<job_details_ptr> details(const std::string& id) {
    return ask<job_details_ptr>(runner, from, get_job{id});
  }

  expected<acknowledged> stop(const std::string& id) {
    return ask<acknowledged>(runner, from, stop_job{id});
  }

  job_record stored(const std::string& id) {
    return must(
      storage::decode_job(must(store->get(must(keys::job(id)), 0)).value));
  }

  auto park() {
    auto parked = self->request(runner, caf::infinite, from, park_jobs{});
    schedule().run();
    return parked;
  }

  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
  asked_registry_actor asked;
  metadata_writer_actor writer;
  job_runner_actor runner;
  envelope from;

private:
  std::vector<asked_registry_actor> asked_ones_;
};

using versions = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_job_runner, runner_fixture)

BOOST_AUTO_TEST_CASE(runs_no_more_jobs_at_once_than_it_may) {
  spawn(2);
  for (const auto* version : {"1.0.0", "2.0.0", "3.0.0"})
    must(submit(version));
  const auto now = unfinished();

  BOOST_TEST(questions().size() == 2u);
  BOOST_REQUIRE(now.size() == 3u);
  BOOST_TEST(!now[0].is_queued);
  BOOST_TEST(!now[1].is_queued);
  BOOST_TEST(now[2].is_queued);
}

BOOST_AUTO_TEST_CASE(begins_what_waits_in_the_order_of_its_coming) {
  for (const auto* version : {"3.0.0", "1.0.0", "2.0.0"})
    must(submit(version));
  BOOST_TEST(begun() == versions{"3.0.0"}, boost::test_tools::per_element());
  end(0);
  end(1);

  BOOST_TEST(begun() == (versions{"3.0.0", "1.0.0", "2.0.0"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lists_jobs_in_the_order_of_their_coming) {
  versions ids;
  for (int i = 0; i < 12; ++i)
    ids.push_back(must(submit("1.0.0")));
  versions listed;
  for (const auto& one : unfinished())
    listed.push_back(one.record.id);

  BOOST_TEST(listed == ids, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(has_written_a_job_before_it_answers) {
  const auto id = must(submit("1.0.0"));
  const auto waiting = must(submit("2.0.0"));

  BOOST_TEST((stored(id).state == job_state::running));
  BOOST_TEST((stored(waiting).state == job_state::parked));
  BOOST_TEST(!stored(waiting).request.empty());
}

BOOST_AUTO_TEST_CASE(does_not_run_what_could_not_be_written) {
  store->failure = {ec::resource_exhausted, "the disk is full"};

  BOOST_TEST(code(submit("1.0.0")) == ec::resource_exhausted);
  BOOST_TEST(unfinished().empty());
  BOOST_TEST(begun().empty());
}

BOOST_AUTO_TEST_CASE(stops_a_job_that_waits_before_it_begins) {
  must(submit("1.0.0"));
  const auto id = must(submit("2.0.0"));
  must(stop(id));
  end(0);

  BOOST_TEST(begun().size() == 1u);
  BOOST_TEST((must(details(id))->status.record.state == job_state::cancelled));
  BOOST_TEST(must(details(id))->failure.code == ec::cancelled);
  BOOST_TEST((stored(id).state == job_state::cancelled));
}

BOOST_AUTO_TEST_CASE(stops_a_job_that_runs_and_begins_the_next) {
  const auto id = must(submit("1.0.0"));
  must(submit("2.0.0"));
  must(stop(id));
  BOOST_TEST(questions().at(0).from.cancel.is_cancelled());
  end(0);

  BOOST_TEST((stored(id).state == job_state::cancelled));
  BOOST_TEST((must(details(id))->status.record.state == job_state::cancelled));
  BOOST_TEST(begun().size() == 2u);
}

BOOST_AUTO_TEST_CASE(refuses_to_stop_what_has_ended_or_never_was) {
  const auto id = must(submit("1.0.0"));
  end(0);

  BOOST_TEST(code(stop(id)) == ec::failed_precondition);
  BOOST_TEST(code(stop("job-0")) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(keeps_the_last_reports_and_forgets_older_ones) {
  versions ids;
  for (size_t i = 0; i <= job_runner_state::max_ended; ++i) {
    ids.push_back(must(submit("1.0.0")));
    end(i);
  }

  BOOST_TEST(code(details(ids.front())) == ec::not_found);
  BOOST_TEST(must(details(ids.at(1)))->failure.text == "no version");
  BOOST_TEST(must(details(ids.back()))->report.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(parking, runner_fixture)

BOOST_AUTO_TEST_CASE(is_answered_when_every_job_has_stopped) {
  const auto running = must(submit("1.0.0"));
  const auto waiting = must(submit("2.0.0"));
  auto parked = park();
  const auto at_once = stored(running).state;
  end(0);
  bool is_answered = false;
  parked.receive([&](acknowledged) { is_answered = true; },
                 [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });

  // Written at once: the node may have to leave before the job has ended.
  BOOST_TEST((at_once == job_state::parked));
  BOOST_TEST(is_answered);
  BOOST_TEST((stored(running).state == job_state::parked));
  BOOST_TEST((stored(waiting).state == job_state::parked));
  BOOST_TEST(begun().size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_no_new_jobs) {
  must(ask<acknowledged>(runner, from, park_jobs{}));

  BOOST_TEST(code(submit("1.0.0")) == ec::unavailable);
}

BOOST_AUTO_TEST_CASE(leaves_what_is_cancelled_cancelled) {
  must(submit("1.0.0"));
  const auto waiting = must(submit("2.0.0"));
  must(stop(waiting));
  auto parked = park();
  end(0);
  parked.receive([](acknowledged) {},
                 [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });

  BOOST_TEST((stored(waiting).state == job_state::cancelled));
}

BOOST_AUTO_TEST_CASE(keeps_a_running_job_cancelled_that_was_stopped_before) {
  const auto id = must(submit("1.0.0"));
  must(stop(id));
  auto parked = park();
  end(0);
  parked.receive([](acknowledged) {},
                 [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });

  BOOST_TEST((stored(id).state == job_state::cancelled));
}

BOOST_AUTO_TEST_CASE(lets_the_jobs_go_on_under_their_ids) {
  const versions ids{must(submit("1.0.0")), must(submit("2.0.0"))};
  auto parked = park();
  end(0);
  parked.receive([](acknowledged) {},
                 [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });
  spawn(2);
  must(ask<acknowledged>(runner, from, resume_jobs{}));
  versions resumed;
  for (const auto& one : unfinished())
    resumed.push_back(one.record.id);

  BOOST_TEST(resumed == ids, boost::test_tools::per_element());
  BOOST_TEST(begun() == (versions{"1.0.0", "2.0.0"}),
             boost::test_tools::per_element());
  BOOST_TEST(questions().front().from.job == ids.front());
}

BOOST_AUTO_TEST_CASE(takes_over_the_jobs_of_a_runner_that_crashed) {
  const versions ids{must(submit("1.0.0")), must(submit("2.0.0"))};
  const auto left = asked;
  self->send_exit(runner, caf::exit_reason::kill);
  schedule().run();
  spawn(2);
  must(ask<acknowledged>(runner, from, resume_jobs{}));
  const auto at_first = begun();
  end_one_of(left);
  schedule().advance_time(job_runner_state::look_again);
  schedule().run();

  BOOST_TEST(at_first == versions{"2.0.0"}, boost::test_tools::per_element());
  BOOST_TEST(begun() == (versions{"2.0.0", "1.0.0"}),
             boost::test_tools::per_element());
  BOOST_TEST(questions().back().from.job == ids.front());
}

BOOST_AUTO_TEST_CASE(leaves_jobs_that_can_be_cancelled_before_they_go_on) {
  must(submit("1.0.0"));
  const auto id = must(submit("2.0.0"));
  auto parked = park();
  end(0);
  parked.receive([](acknowledged) {},
                 [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });
  spawn(2); // and does not resume
  must(stop(id));

  BOOST_TEST((stored(id).state == job_state::cancelled));
  BOOST_TEST(code(stop(id)) == ec::failed_precondition);
}

BOOST_AUTO_TEST_CASE(ends_what_cannot_go_on_with_the_reason) {
  job_record old;
  old.id = "job-old";
  old.state = job_state::parked;
  old.request = "no request";
  must(ask<commit_result>(
    writer, from,
    transaction{
      {}, {put{must(keys::job(old.id)), storage::encode(old), false}}, {}}));
  must(ask<acknowledged>(runner, from, resume_jobs{}));

  BOOST_TEST((stored(old.id).state == job_state::failed));
  BOOST_TEST(stored(old.id).reason.starts_with("cannot go on: "));
}

BOOST_AUTO_TEST_CASE(goes_on_with_nothing_that_ended) {
  must(submit("1.0.0"));
  end(0);
  spawn(1);
  must(ask<acknowledged>(runner, from, resume_jobs{}));

  BOOST_TEST(unfinished().empty());
}

BOOST_AUTO_TEST_CASE(resumes_each_job_once_however_often_it_is_asked) {
  must(submit("1.0.0"));
  must(submit("2.0.0"));
  must(ask<acknowledged>(runner, from, resume_jobs{}));

  BOOST_TEST(unfinished().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_watcher_of_jobs, runner_fixture)

BOOST_AUTO_TEST_CASE(hears_of_waiting_running_and_the_end) {
  must(
    ask<acknowledged>(runner, from,
                      caf::actor_cast<job_watcher_actor>(
                        caf::actor_cast<caf::strong_actor_ptr>(self.ptr()))));
  const auto id = must(submit("1.0.0"));
  end(0);
  std::string heard;
  self->receive_while([&] { return self->has_next_message(); })(
    [&](const envelope&, const job_status& status) {
      BOOST_TEST(status.record.id == id);
      heard += status.is_queued ? "waiting"
                                : std::string{to_string(status.record.state)};
      heard += ' ';
    });

  BOOST_TEST(heard == "waiting running failed ");
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_it_ends) {
  const auto watcher = system.spawn([](caf::event_based_actor*) {
    return caf::behavior{[](const envelope&, const job_status&) {}};
  });
  must(ask<acknowledged>(runner, from,
                         caf::actor_cast<job_watcher_actor>(
                           caf::actor_cast<caf::strong_actor_ptr>(watcher))));
  self->send_exit(watcher, caf::exit_reason::user_shutdown);
  schedule().run();

  BOOST_TEST(
    caf::actor_cast<job_runner_actor::stateful_pointer<job_runner_state>>(
      runner)
      ->state.watchers.empty());
}

BOOST_AUTO_TEST_SUITE_END()
