#include "actors/events/event_bus.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registrar.hpp"
#include "actors/registry/registration_plan.hpp"
#include "actors/registry/registry.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

using namespace trivium;
using namespace trivium::test;

namespace {

/// A caller that waits.
struct waiting_call final : registration_call {
  const envelope& from() const override { return from_; }
  const register_model& command() const override { return command_; }
  void answer(expected<model_registered> result) override {
    if (!answered)
      answered = std::move(result);
  }

  envelope from_;
  register_model command_;
  std::optional<expected<model_registered>> answered;
};

struct registration_fixture : deterministic_actors {
  registration_fixture() {
    writer =
      keep(system.spawn(actors::metadata_writer, store, event_bus_actor{}));
    registrar = keep(system.spawn(actors::registrar, store, writer));
    registry = keep(
      system.spawn(actors::registry, store, writer, actors::activity_limits{}));
  }

  std::shared_ptr<waiting_call> call(const std::string& version,
                                     const std::string& key = {}) {
    auto made = std::make_shared<waiting_call>();
    made->command_.model = model;
    made->command_.version = must(semver::parse(version));
    made->command_.storage_uri = "s3://models/minilm/" + version;
    made->command_.idempotency_key = key;
    return made;
  }

  expected<model_registered> enter(const std::shared_ptr<waiting_call>& one) {
    self->send(registrar, registration_ptr{one});
    schedule().run();
    BOOST_REQUIRE(one->answered);
    return *one->answered;
  }

  expected<model_registered> enter(const std::string& version,
                                   const std::string& key = {}) {
    return enter(call(version, key));
  }

  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
  metadata_writer_actor writer;
  registrar_actor registrar;
  registry_actor registry;
  envelope from;
  model_ref model{"default", "minilm"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_registration, registration_fixture)

BOOST_AUTO_TEST_CASE(keeps_the_revision_of_the_models_first_one) {
  const auto first = must(enter("1.0.0"));
  const auto second = must(enter("1.1.0"));

  BOOST_TEST(first.created == first.at);
  BOOST_TEST(second.at == 2u);
  BOOST_TEST(second.created == first.at);
}

BOOST_AUTO_TEST_CASE(that_is_repeated_writes_nothing) {
  const auto first = must(enter("1.0.0"));
  const auto again = must(enter("1.0.0"));

  BOOST_TEST(again.was_known);
  BOOST_TEST(again.at == first.at);
  BOOST_TEST(store->writes == 1);
}

BOOST_AUTO_TEST_CASE(is_found_again_by_its_idempotency_key) {
  const auto first = must(enter("1.0.0", "k"));
  must(enter("1.1.0"));
  must(enter("1.2.0", "l"));
  const auto again = must(enter("1.0.0", "k"));

  BOOST_TEST(again.was_known);
  BOOST_TEST(again.at == first.at);
  BOOST_CHECK(code(enter("2.0.0", "l")) == ec::already_exists);
}

BOOST_AUTO_TEST_CASE(is_tried_again_where_somebody_else_was_first) {
  must(enter("1.0.0"));
  const auto key = must(keys::metadata(model));
  const auto stored = must(store->get(key, 0));
  transaction other;
  other.then.emplace_back(put{key, stored.value});
  must(ask<commit_result>(writer, from, other));

  const auto second = must(enter("1.1.0"));

  BOOST_TEST(second.at == 3u);
  BOOST_TEST(!second.was_known);
}

BOOST_AUTO_TEST_CASE(is_not_written_once_its_client_is_gone) {
  const auto one = call("1.0.0");
  one->from_.cancel.cancel();

  BOOST_CHECK(code(enter(one)) == ec::cancelled);
  BOOST_TEST(store->writes == 0);
}

BOOST_AUTO_TEST_CASE(is_not_written_once_it_is_overdue) {
  const auto one = call("1.0.0");
  one->from_.deadline =
    std::chrono::system_clock::now() - std::chrono::seconds{1};

  BOOST_CHECK(code(enter(one)) == ec::deadline_exceeded);
  BOOST_TEST(store->writes == 0);
}

BOOST_AUTO_TEST_CASE(under_another_lease_repeats_nothing) {
  actors::standing_registration standing;
  standing.record.version = must(semver::parse("1.0.0"));
  standing.modified = standing.created = 7;
  standing.lease = 5;
  version_record known;
  known.version = standing.record.version;
  const auto same = call("1.0.0");
  known.storage_uri = same->command_.storage_uri;
  const actors::registration_facts facts{model, &standing, &known, 7, nullptr};
  auto other = same->command_;
  other.lease = 6;

  const auto repeated =
    must(actors::plan_registration(facts, same->command_, from, 0));
  BOOST_TEST(repeated.answer.was_known);
  BOOST_TEST(repeated.answer.lease == 5u);
  const auto moved = must(actors::plan_registration(facts, other, from, 0));
  BOOST_TEST(!moved.answer.was_known);
  BOOST_TEST(moved.answer.lease == 6u);
}

BOOST_AUTO_TEST_CASE(is_written_together_with_those_that_arrive_with_it) {
  std::vector<std::shared_ptr<waiting_call>> calls;
  for (int i = 0; i < 5; ++i) {
    calls.push_back(call("1.0.0"));
    calls.back()->command_.model.model = "model-" + std::to_string(i);
    self->send(registrar, registration_ptr{calls.back()});
  }
  schedule().run();

  for (size_t i = 0; i < calls.size(); ++i)
    BOOST_TEST(must(*calls[i]->answered).at == i + 1);
  BOOST_TEST(store->writes == 1);
}

BOOST_AUTO_TEST_CASE(waits_for_that_of_the_same_model_before_it) {
  std::vector<std::shared_ptr<waiting_call>> calls;
  for (const auto* version : {"1.0.0", "1.1.0", "1.0.0", "0.9.0"}) {
    calls.push_back(call(version));
    self->send(registrar, registration_ptr{calls.back()});
  }
  schedule().run();

  BOOST_TEST(must(*calls[0]->answered).at == 1u);
  BOOST_TEST(must(*calls[1]->answered).at == 2u);
  BOOST_TEST(must(*calls[2]->answered).at == 3u); // 1.0.0 is present again
  BOOST_TEST(must(*calls[3]->answered).at == 4u);
  const auto stored = must(store->get(must(keys::metadata(model)), 0));
  const auto record = must(storage::decode_registration(stored.value));
  BOOST_TEST(to_string(record.newest) == "1.1.0");
  BOOST_TEST(to_string(record.version) == "0.9.0");
}

BOOST_AUTO_TEST_CASE(is_refused_alone_among_those_that_arrive_with_it) {
  const auto good = call("1.0.0");
  const auto bad = call("1.0.0");
  bad->command_.model.model = "no/name";
  self->send(registrar, registration_ptr{bad});
  self->send(registrar, registration_ptr{good});
  schedule().run();

  BOOST_CHECK(code(*bad->answered) == ec::invalid_argument);
  BOOST_TEST(must(*good->answered).at == 1u);
}

BOOST_AUTO_TEST_CASE(is_seen_by_a_model_that_is_active) {
  must(enter("1.0.0"));
  const auto wanted = [&](const char* version) {
    return ask<version_record>(
      registry, from, get_version{model, must(semver::parse(version))});
  };
  must(wanted("1.0.0"));
  BOOST_CHECK(code(wanted("1.1.0")) == ec::not_found);
  must(enter("1.1.0"));

  must(wanted("1.1.0"));
}

BOOST_AUTO_TEST_CASE(tells_why_its_commit_failed) {
  store->failure = {ec::resource_exhausted, "the disk is full"};
  BOOST_CHECK(code(enter("1.0.0")) == ec::resource_exhausted);
  store->failure = {ec::none, {}};

  BOOST_TEST(must(enter("1.0.0")).at == 1u);
}

BOOST_AUTO_TEST_CASE(is_deleted_with_its_versions_but_not_under_an_alias) {
  must(enter("1.0.0"));
  must(enter("1.1.0"));
  promote command;
  command.model = model;
  command.version = must(semver::parse("1.0.0"));
  command.allow_unverified = true;
  must(ask<promoted>(registry, from, command));
  delete_model all{model, std::nullopt, "old"};

  BOOST_CHECK(code(ask<model_deleted>(registry, from, all))
              == ec::failed_precondition);
  must(ask<alias_deleted>(registry, from,
                          delete_alias{{model, "production"}, "", {}}));
  BOOST_TEST(must(ask<model_deleted>(registry, from, all)).deleted == 3u);
  BOOST_TEST(must(store->range("models/", 0, 0, {})).empty());
  BOOST_CHECK(code(ask<model_deleted>(registry, from, all)) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(falls_back_to_the_highest_version_that_is_left) {
  must(enter("1.0.0"));
  must(enter("2.0.0"));
  delete_model newest{model, must(semver::parse("2.0.0")), ""};
  must(ask<model_deleted>(registry, from, newest));

  const auto again = must(enter("1.0.0"));

  BOOST_TEST(again.was_known);
}

BOOST_AUTO_TEST_SUITE_END()
