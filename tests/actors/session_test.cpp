#include "actors/events/event_bus.hpp"
#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/session.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registrar.hpp"
#include "actors/registry/registry.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/failure.hpp"
#include "messages/wire/jobs.hpp"
#include "storage/records/records.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

#include <numeric>

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;
using namespace std::chrono_literals;

namespace {

/// Stands for the scheduler: while slow, list_lanes is answered at a tick.
struct slow_lanes_state {
  static inline constexpr const char* name = "slow_lanes";
  bool is_slow = false;
  std::vector<caf::typed_response_promise<std::vector<lane_status>>> waiting;

  slow_lanes_state() = default; // no aggregate: CAF would fill it
};

using slow_lanes_actor = caf::typed_actor<
  caf::replies_to<envelope, list_lanes>::with<std::vector<lane_status>>,
  caf::reacts_to<op::tick>>;
using slow_lanes_pointer = slow_lanes_actor::stateful_pointer<slow_lanes_state>;

slow_lanes_actor::behavior_type slow_lanes(slow_lanes_pointer self) {
  return {[self](const envelope&,
                 list_lanes) -> caf::result<std::vector<lane_status>> {
            lane_status one;
            one.number = 1;
            one.device = "slow";
            if (!self->state.is_slow)
              return std::vector<lane_status>{one};
            auto promise =
              self->make_response_promise<std::vector<lane_status>>();
            self->state.waiting.push_back(promise);
            return promise;
          },
          [self](op::tick) {
            for (auto& promise : self->state.waiting)
              promise.deliver(std::vector<lane_status>{});
            self->state.waiting.clear();
          }};
}

/// Stands for the job runner: knows its watchers.
struct told_runner_state {
  static inline constexpr const char* name = "told_runner";
  std::vector<job_watcher_actor> watchers;
};

using told_runner_actor = caf::typed_actor<
  caf::replies_to<envelope, list_jobs>::with<std::vector<job_status>>,
  caf::replies_to<envelope, get_job>::with<job_details_ptr>,
  caf::replies_to<envelope, job_watcher_actor>::with<acknowledged>>;
using told_runner_pointer =
  told_runner_actor::stateful_pointer<told_runner_state>;

told_runner_actor::behavior_type told_runner(told_runner_pointer self) {
  return {
    [](const envelope&, list_jobs) { return std::vector<job_status>{}; },
    [](const envelope&, const get_job& wanted) -> caf::result<job_details_ptr> {
      if (wanted.job != "job-known")
        return to_caf({ec::not_found, "no such job"});
      auto details = std::make_shared<job_details>();
      details->status.record.id = wanted.job;
      details->status.done = 7;
      return job_details_ptr{details};
    },
    [self](const envelope&, const job_watcher_actor& watcher) {
      auto& watchers = self->state.watchers;
      if (std::find(watchers.begin(), watchers.end(), watcher)
          == watchers.end())
        watchers.push_back(watcher);
      return acknowledged{};
    },
  };
}

template <class To, class From>
To as(const From& handle) {
  return caf::actor_cast<To>(caf::actor_cast<caf::strong_actor_ptr>(handle));
}

struct session_fixture : deterministic_actors {
  session_fixture() {
    auto facts = std::make_shared<node_facts>();
    facts->identity.version = "1.2.3";
    facts->identity.store = "/store";
    facts->identity.name_space = "default";
    facts->sessions = [] { return 1u; };
    lanes = keep(system.spawn(slow_lanes));
    runner = keep(system.spawn(told_runner));
    auto services = std::make_shared<session_services>();
    auto& actors = services->actors;
    actors.reader = keep(system.spawn(metadata_reader, store));
    actors.events = keep(system.spawn(event_bus));
    actors.services.writer =
      keep(system.spawn(metadata_writer, store, actors.events));
    actors.services.reader = actors.reader;
    actors.services.scheduler = as<scheduler_actor>(lanes);
    actors.runner = as<job_runner_actor>(runner);
    registry = keep(system.spawn(actors::registry, store,
                                 actors.services.writer, activity_limits{}));
    actors.services.registry = registry;
    actors.registrar =
      keep(system.spawn(actors::registrar, store, actors.services.writer));
    services->metadata = store;
    services->facts = facts;
    services->desk = services->reading_desk = keep(system.spawn(desk));
    services->leases = store;
    inner = keep(system.spawn(actors::session,
                              std::shared_ptr<const session_services>{services},
                              session_peer{"local:ann", 1}));
    outer = keep(system.spawn(gateway, inner));
  }

  /// Asks as the client; the id is the session's next one.
  auto begin(v1::Request request) {
    if (request.id() == 0)
      request.set_id(++last_id);
    auto asked = self->request(outer, caf::infinite, request);
    schedule().run();
    return asked;
  }

  template <class Asked>
  v1::Reply end(Asked asked) {
    v1::Reply reply;
    asked.receive([&](const v1::Reply& got) { reply = got; },
                  [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });
    return reply;
  }

  v1::Reply call(const v1::Request& request) { return end(begin(request)); }

  void watch_events(uint64_t id, revision from) {
    v1::Request request;
    request.mutable_watch()->set_id(id);
    request.mutable_watch()->mutable_events()->set_from_revision(from);
    BOOST_REQUIRE(call(request).has_watching());
  }

  void watch_job(uint64_t id, const std::string& job) {
    v1::Request request;
    request.mutable_watch()->set_id(id);
    request.mutable_watch()->mutable_jobs()->set_job(job);
    BOOST_REQUIRE(call(request).has_watching());
  }

  void acknowledge(uint64_t sequence) {
    v1::Request request;
    request.mutable_received()->set_sequence(sequence);
    BOOST_REQUIRE(call(request).has_done());
  }

  /// Registers that many versions: an event each.
  void register_versions(int count) {
    for (int i = 0; i < count; ++i) {
      register_version command;
      command.version.model = {"default", "m"};
      command.version.version =
        must(semver::parse("1." + std::to_string(++versions) + ".0"));
      std::array<uint8_t, digest::size_bytes> bytes{};
      bytes.fill(1);
      command.version.artifact = digest{bytes};
      command.version.format = model_format::onnx;
      must(ask<version_registered>(registry, envelope{}, command));
    }
  }

  v1::ModelRegistrationResponse register_uri(const std::string& model,
                                             const std::string& version) {
    v1::Request request;
    auto& wanted = *request.mutable_registration();
    wanted.set_model_id(model);
    wanted.set_version(version);
    wanted.set_storage_uri("s3://models/" + model);
    wanted.set_ttl_seconds(0);
    const auto reply = call(request);
    BOOST_REQUIRE(reply.has_registration());
    return reply.registration();
  }

  void put_record(const std::string& key, const std::string& value) {
    const auto writer =
      keep(system.spawn(metadata_writer, store, event_bus_actor{}));
    must(ask<commit_result>(writer, envelope{},
                            transaction{{}, {put{key, value, false}}, {}}));
  }

  /// What has come since the last call.
  std::vector<v1::Notice> notices() {
    std::vector<v1::Notice> come;
    self->receive_while([&] { return self->has_next_message(); })(
      [&](const v1::Notice& notice) { come.push_back(notice); });
    return come;
  }

  std::vector<revision> revisions() {
    std::vector<revision> found;
    for (const auto& notice : notices())
      found.push_back(notice.event().revision());
    return found;
  }

  void tell_job(const std::string& id, uint64_t done) {
    job_status status;
    status.record.id = id;
    status.record.kind = "pipeline";
    status.record.model = {"default", "m"};
    status.done = done;
    for (const auto& watcher :
         caf::actor_cast<told_runner_pointer>(runner)->state.watchers)
      self->send(watcher, envelope{}, status);
    schedule().run();
  }

  slow_lanes_state& lanes_state() {
    return caf::actor_cast<slow_lanes_pointer>(lanes)->state;
  }

  void answer_lanes() {
    lanes_state().is_slow = false;
    self->send(lanes, op::tick_v);
    schedule().run();
  }

  static v1::Request status_request() {
    v1::Request request;
    request.mutable_status();
    return request;
  }

  static ec code_of(const v1::Reply& reply) {
    return reply.has_failure() ? from_wire(reply.failure()).code : ec::none;
  }

  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
  registry_actor registry;
  slow_lanes_actor lanes;
  told_runner_actor runner;
  session_actor inner;
  gateway_actor outer;
  uint64_t last_id = 0;
  int versions = 0;
};

/// first, first + 1, …
std::vector<revision> counted(revision first, size_t count) {
  std::vector<revision> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_session, session_fixture)

BOOST_AUTO_TEST_CASE(greets_and_names_the_node) {
  v1::Request hello;
  hello.mutable_hello()->set_protocol(1);
  const auto reply = call(hello);

  BOOST_REQUIRE(reply.has_welcome());
  BOOST_TEST(reply.welcome().version() == "1.2.3");
  BOOST_TEST(reply.welcome().notice_window() == notice_window::window);
}

BOOST_AUTO_TEST_CASE(tells_how_the_node_stands) {
  register_versions(2);
  const auto reply = call(status_request());

  BOOST_REQUIRE(reply.has_status());
  BOOST_TEST(reply.status().revision() == 2u);
  BOOST_TEST(reply.status().store() == "/store");
  BOOST_TEST(reply.status().lanes_size() == 1);
  BOOST_TEST(reply.status().active_models() == 1u);
}

BOOST_AUTO_TEST_CASE(says_that_it_does_not_know_a_command) {
  const auto reply = call(v1::Request{});

  BOOST_TEST(code_of(reply) == ec::unsupported);
  BOOST_TEST(reply.failure().text().find("1.2.3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_an_id_that_is_in_use_and_answers_the_first) {
  lanes_state().is_slow = true;
  auto request = status_request();
  request.set_id(7);
  auto first = begin(request);
  auto second = begin(request);
  const auto refused = code_of(end(second));
  answer_lanes();

  BOOST_TEST(refused == ec::invalid_argument);
  BOOST_TEST(end(first).has_status());
}

BOOST_AUTO_TEST_CASE(takes_an_id_again_when_it_was_answered) {
  auto request = status_request();
  request.set_id(7);

  BOOST_TEST(call(request).has_status());
  BOOST_TEST(call(request).has_status());
}

BOOST_AUTO_TEST_CASE(refuses_more_requests_than_it_answers_at_once) {
  lanes_state().is_slow = true;
  std::vector<decltype(begin(status_request()))> asked;
  for (size_t i = 0; i < session_state::max_requests; ++i)
    asked.push_back(begin(status_request()));
  const auto refused = code_of(call(status_request()));
  answer_lanes();
  size_t answered = 0;
  for (auto& one : asked)
    answered += end(one).has_status() ? 1 : 0;

  BOOST_TEST(refused == ec::resource_exhausted);
  BOOST_TEST(answered == session_state::max_requests);
  BOOST_TEST(call(status_request()).has_status());
}

BOOST_AUTO_TEST_CASE(takes_what_makes_room_when_all_places_are_taken) {
  lanes_state().is_slow = true;
  std::vector<decltype(begin(status_request()))> asked;
  for (size_t i = 0; i < session_state::max_requests; ++i)
    asked.push_back(begin(status_request()));
  v1::Request stop;
  stop.mutable_cancel_request()->set_id(1);
  v1::Request received;
  received.mutable_received()->set_sequence(1);

  BOOST_TEST(call(stop).has_done());
  BOOST_TEST(call(received).has_done());
  answer_lanes();
  for (auto& one : asked)
    BOOST_TEST(end(one).has_status());
}

BOOST_AUTO_TEST_CASE(tells_the_status_without_what_does_not_answer) {
  lanes_state().is_slow = true;
  auto asked = begin(status_request());
  schedule().advance_time(1s);
  schedule().run();
  const auto reply = end(asked);

  BOOST_REQUIRE(reply.has_status());
  BOOST_REQUIRE(reply.status().silent_size() == 1);
  BOOST_TEST(reply.status().silent(0) == "scheduler");
}

BOOST_AUTO_TEST_CASE(ends_with_its_client) {
  bool has_ended = false;
  inner->attach_functor([&](const caf::error&) { has_ended = true; });
  {
    caf::scoped_actor client{system};
    v1::Request request = status_request();
    request.set_id(1);
    auto asked = client->request(outer, caf::infinite, request);
    schedule().run();
    asked.receive([](const v1::Reply&) {},
                  [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });
  }
  schedule().run();

  BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_registration, session_fixture)

BOOST_AUTO_TEST_CASE(is_read_and_listed) {
  const auto first = register_uri("minilm", "1.0.0");
  const auto second = register_uri("minilm", "1.1.0");
  v1::Request request;
  request.mutable_version()->set_model_id("minilm");
  const auto newest = call(request).version();
  request.mutable_registrations();
  const auto list = call(request).registrations();

  BOOST_TEST(first.revision() == 1u);
  BOOST_TEST(second.create_revision() == 1u);
  BOOST_TEST(newest.version() == "1.1.0");
  BOOST_TEST(newest.storage_uri() == "s3://models/minilm");
  BOOST_TEST(newest.subject() == "local:ann");
  BOOST_REQUIRE(list.models_size() == 1);
  BOOST_TEST(list.models(0).version() == "1.1.0");
}

BOOST_AUTO_TEST_CASE(is_for_the_namespace_of_the_request) {
  v1::Request request;
  request.set_namespace_("team");
  auto& wanted = *request.mutable_registration();
  wanted.set_model_id("minilm");
  wanted.set_version("1.0.0");
  wanted.set_storage_uri("s3://models/minilm");
  wanted.set_ttl_seconds(0);
  BOOST_REQUIRE(call(request).has_registration());
  request.mutable_version()->set_model_id("minilm");
  BOOST_TEST(call(request).version().namespace_() == "team");
  request.set_namespace_("default");

  BOOST_TEST(code_of(call(request)) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(is_refused_with_the_name_of_its_field) {
  v1::Request request;
  auto& wanted = *request.mutable_registration();
  wanted.set_model_id("minilm");
  wanted.set_version("1.0.0");
  wanted.set_storage_uri("file:///etc/passwd");
  const auto reply = call(request);

  BOOST_TEST(code_of(reply) == ec::invalid_argument);
  BOOST_TEST(reply.failure().text().find("storage_uri") == 0u);
  BOOST_TEST(reply.failure().retry_after_ms() == 0u);
}

BOOST_AUTO_TEST_CASE(that_nobody_carries_out_says_when_to_come_back) {
  store->failure = {ec::resource_exhausted, "the disk is full"};
  v1::Request request;
  auto& wanted = *request.mutable_registration();
  wanted.set_model_id("minilm");
  wanted.set_version("1.0.0");
  wanted.set_storage_uri("s3://models/minilm");
  const auto reply = call(request);

  BOOST_TEST(code_of(reply) == ec::resource_exhausted);
  BOOST_TEST(reply.failure().retry_after_ms() == 1000u);
}

BOOST_AUTO_TEST_CASE(has_aliases_that_move_and_go) {
  register_uri("minilm", "1.0.0");
  v1::Request request;
  auto& wanted = *request.mutable_alias();
  wanted.set_model_id("minilm");
  wanted.set_alias("canary");
  wanted.set_version("1.0.0");
  wanted.set_weight(10);
  const auto moved = call(request).alias();
  wanted.set_alias("production");
  BOOST_TEST(code_of(call(request)) == ec::failed_precondition);
  request.mutable_deletion()->set_model_id("minilm");
  BOOST_TEST(code_of(call(request)) == ec::failed_precondition);
  auto& gone = *request.mutable_alias_deletion();
  gone.set_model_id("minilm");
  gone.set_alias("canary");
  BOOST_TEST(call(request).alias_deletion().revision() == 3u);
  request.mutable_deletion()->set_model_id("minilm");

  BOOST_TEST(moved.weight() == 10u);
  BOOST_TEST(moved.mod_revision() == 2u);
  BOOST_TEST(call(request).deletion().deleted() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_watch_of_events, session_fixture)

BOOST_AUTO_TEST_CASE(begins_at_its_revision_without_gap_or_repetition) {
  register_versions(20);
  watch_events(1, 5);
  register_versions(10);

  BOOST_TEST(revisions() == counted(5, 26), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hears_of_what_comes_from_now_on) {
  register_versions(5);
  watch_events(1, 0);
  BOOST_TEST(revisions().empty());
  register_versions(3);

  BOOST_TEST(revisions() == counted(6, 3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stops_at_the_window_until_notices_are_acknowledged) {
  register_versions(300);
  watch_events(1, 1);
  BOOST_TEST(revisions() == counted(1, 128), boost::test_tools::per_element());
  register_versions(5);
  BOOST_TEST(revisions().empty());
  acknowledge(128);
  BOOST_TEST(revisions() == counted(129, 128),
             boost::test_tools::per_element());
  acknowledge(256);

  BOOST_TEST(revisions() == counted(257, 49), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gets_no_more_room_by_acknowledging_what_was_not_sent) {
  register_versions(200);
  watch_events(1, 1);
  BOOST_TEST(notices().size() == 128u);
  acknowledge(1000);

  BOOST_TEST(notices().empty());
}

BOOST_AUTO_TEST_CASE(shares_the_window_with_the_session_s_other_watches) {
  register_versions(100);
  watch_events(1, 1);
  watch_events(2, 1);
  BOOST_TEST(notices().size() == 128u);
  acknowledge(128);

  BOOST_TEST(notices().size() == 72u);
}

BOOST_AUTO_TEST_CASE(hears_at_once_of_what_comes_while_the_log_is_read) {
  register_versions(3);
  v1::Request request;
  request.set_id(++last_id);
  request.mutable_watch()->set_id(1);
  request.mutable_watch()->mutable_events()->set_from_revision(1);
  auto asked = self->request(outer, caf::infinite, request);
  auto& watches =
    caf::actor_cast<session_actor::stateful_pointer<session_state>>(inner)
      ->state.notices.events;
  const auto is_reading = [&] {
    return !watches.empty() && watches.begin()->second.is_reading;
  };
  while (!is_reading())
    BOOST_REQUIRE(schedule().try_run_once());
  register_versions(1); // runs all that waits: the page, then the event
  static_cast<void>(end(asked));

  BOOST_TEST(revisions() == counted(1, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_silent_when_it_has_ended) {
  watch_events(1, 1);
  v1::Request request;
  request.mutable_unwatch()->set_id(1);
  BOOST_REQUIRE(call(request).has_done());
  register_versions(3);

  BOOST_TEST(notices().empty());
}

BOOST_AUTO_TEST_CASE(goes_on_where_a_restored_store_stands) {
  register_versions(3);
  watch_events(1, 100); // what the client heard of the store before
  register_versions(2);

  BOOST_TEST(revisions() == counted(4, 2), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tells_how_far_it_has_looked_where_nothing_concerns_it) {
  register_versions(1);
  v1::Request request;
  request.mutable_watch()->set_id(1);
  request.mutable_watch()->mutable_events()->set_model("other");
  BOOST_REQUIRE(call(request).has_watching());
  register_versions(200);
  const auto come = notices();

  BOOST_REQUIRE(come.size() == 3u); // and not two hundred
  for (const auto& notice : come)
    BOOST_TEST(!notice.event().has_event());
  BOOST_TEST(come.back().event().revision() > 128u);
}

BOOST_AUTO_TEST_CASE(leaves_out_an_event_that_cannot_be_read) {
  register_versions(1);
  const auto writer =
    keep(system.spawn(metadata_writer, store, event_bus_actor{}));
  must(
    ask<commit_result>(writer, envelope{},
                       transaction{{}, {put{"events/", "not one", true}}, {}}));
  register_versions(1);
  watch_events(1, 1);

  BOOST_TEST(revisions() == (std::vector<revision>{1, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(chooses_by_name_and_kind) {
  register_uri("apple", "1.0.0");
  register_uri("banana", "1.0.0");
  register_uri("apricot", "1.0.0");
  v1::Request request;
  request.mutable_watch()->set_id(1);
  auto& wanted = *request.mutable_watch()->mutable_events();
  wanted.set_from_revision(1);
  wanted.set_prefix("ap");
  wanted.add_kinds(v1::EVENT_KIND_VERSION_REGISTERED);
  BOOST_REQUIRE(call(request).has_watching());
  BOOST_TEST(revisions() == (std::vector<revision>{1, 3}),
             boost::test_tools::per_element());

  request.mutable_watch()->set_id(2);
  wanted.set_kinds(0, v1::EVENT_KIND_ALIAS_MOVED);
  BOOST_REQUIRE(call(request).has_watching());
  BOOST_TEST(revisions().empty());
  request.mutable_watch()->set_id(3);
  wanted.add_kinds(static_cast<v1::EventKind>(99));
  BOOST_TEST(code_of(call(request)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(says_which_event_is_the_last_of_its_revision) {
  event_record event;
  event.model = {"default", "m"};
  event.also = {event, event};
  const auto writer =
    keep(system.spawn(metadata_writer, store, event_bus_actor{}));
  must(ask<commit_result>(
    writer, envelope{},
    transaction{{}, {put{"events/", storage::encode(event), true}}, {}}));
  watch_events(1, 1);
  std::vector<bool> has_more;
  for (const auto& notice : notices()) {
    BOOST_TEST(notice.event().revision() == 1u);
    has_more.push_back(notice.event().has_more());
  }

  BOOST_TEST(has_more == (std::vector<bool>{true, true, false}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_aloud_when_its_next_event_is_no_longer_kept) {
  register_versions(300);
  watch_events(1, 1);
  BOOST_TEST(notices().size() == 128u);
  store->oldest = 200;
  acknowledge(128);
  const auto come = notices();

  BOOST_REQUIRE(come.size() == 1u);
  BOOST_REQUIRE(come[0].has_ended());
  BOOST_TEST(from_wire(come[0].ended()).code == ec::compacted);
  acknowledge(129);
  register_versions(1);
  BOOST_TEST(notices().empty());
}

BOOST_AUTO_TEST_CASE(is_refused_under_an_id_that_is_in_use) {
  watch_events(1, 1);
  v1::Request request;
  request.mutable_watch()->set_id(1);
  request.mutable_watch()->mutable_events();

  BOOST_TEST(code_of(call(request)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_watch_of_jobs, session_fixture)

BOOST_AUTO_TEST_CASE(begins_with_the_present_state) {
  watch_job(1, "job-known");
  const auto heard = notices();

  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(heard[0].job().done() == 7u);
}

BOOST_AUTO_TEST_CASE(begins_with_the_record_of_a_job_that_is_forgotten) {
  job_record old;
  old.id = "job-old";
  old.state = job_state::interrupted;
  put_record(must(keys::job(old.id)), storage::encode(old));
  watch_job(1, old.id);
  const auto heard = notices();

  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(
    (must(from_wire(heard[0].job())).record.state == job_state::interrupted));
}

BOOST_AUTO_TEST_CASE(hears_every_change_while_there_is_room) {
  watch_job(1, "job-1");
  for (uint64_t done = 1; done <= 3; ++done)
    tell_job("job-1", done);
  tell_job("job-2", 9);
  std::vector<uint64_t> heard;
  for (const auto& notice : notices())
    heard.push_back(notice.job().done());

  const std::vector<uint64_t> wanted{1, 2, 3};
  BOOST_TEST(heard == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hears_the_newest_state_alone_when_the_window_was_full) {
  register_versions(128);
  watch_events(1, 1);
  BOOST_TEST(notices().size() == 128u);
  watch_job(2, {});
  for (uint64_t done = 1; done <= 50; ++done) {
    tell_job("job-1", done);
    tell_job("job-2", done + 100);
  }
  BOOST_TEST(notices().empty());
  acknowledge(128);
  std::vector<uint64_t> heard;
  for (const auto& notice : notices())
    heard.push_back(notice.job().done());

  const std::vector<uint64_t> wanted{50, 150};
  BOOST_TEST(heard == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
