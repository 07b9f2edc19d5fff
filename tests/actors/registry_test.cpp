#include "actors/artifacts/live_artifacts.hpp"
#include "actors/events/event_bus.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registry.hpp"
#include "storage/metadata/transaction_limits.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;

namespace {

digest digest_of(uint8_t filling) {
  std::array<uint8_t, digest::size_bytes> bytes{};
  bytes.fill(filling);
  return digest{bytes};
}

constexpr std::chrono::milliseconds model_idle = std::chrono::minutes{5};
constexpr size_t model_limit = 3;

struct registry_fixture : deterministic_actors {
  registry_fixture() { spawn(); }

  void spawn() {
    events = keep(system.spawn(actors::event_bus));
    const auto writer =
      keep(system.spawn(actors::metadata_writer, store, events));
    registry =
      keep(system.spawn(actors::registry, store, writer,
                        actors::activity_limits{model_idle, model_limit}));
  }

  expected<version_registered> enter(uint8_t artifact,
                                     const std::string& version = "1.0.0") {
    register_version command;
    command.version.model = model;
    command.version.version = must(semver::parse(version));
    command.version.artifact = digest_of(artifact);
    command.version.format = model_format::onnx;
    return ask<version_registered>(registry, from, command);
  }

  expected<variant_begun> begin(uint8_t recipe, bool force = false) {
    begin_variant command;
    command.variant.model = model;
    command.variant.version = must(semver::parse("1.0.0"));
    command.variant.recipe = "int8";
    command.variant.recipe_digest = digest_of(recipe);
    command.variant.job = "job-1";
    command.force = force;
    return ask<variant_begun>(registry, from, command);
  }

  expected<variant_record> change(variant_record variant, variant_state to) {
    variant.state = to;
    return ask<variant_record>(registry, from, change_variant{variant});
  }

  expected<variant_record> remake(variant_record variant, variant_state to) {
    variant.state = to;
    return ask<variant_record>(registry, from, change_variant{variant, true});
  }

  /// A variant that went the whole way to Verified.
  variant_record verified(uint8_t recipe, verdict given = verdict::verified) {
    auto variant = must(begin(recipe)).variant;
    variant = must(change(variant, variant_state::verifying));
    variant.artifact = digest_of(static_cast<uint8_t>(recipe + 100));
    variant.checked.verdict = given;
    variant.checked.gate_met = true;
    return must(change(variant, variant_state::verified));
  }

  expected<promoted> move_alias(uint8_t recipe, bool allow_unverified = false) {
    promote command;
    command.model = model;
    command.version = must(semver::parse("1.0.0"));
    command.recipe_digest = digest_of(recipe);
    command.allow_unverified = allow_unverified;
    return ask<promoted>(registry, from, command);
  }

  expected<resolved_alias> production() {
    return ask<resolved_alias>(registry, from,
                               resolve_alias{{model, "production"}});
  }

  variant_record record_of(uint8_t recipe) {
    return must(ask<variant_record>(
      registry, from,
      get_variant{model, must(semver::parse("1.0.0")), digest_of(recipe)}));
  }

  variant_state state_of(uint8_t recipe) { return record_of(recipe).state; }

  actors::registry_state& state() {
    return caf::actor_cast<
             registry_actor::stateful_pointer<actors::registry_state>>(registry)
      ->state;
  }

  size_t active_models() { return state().active.size(); }

  void pass(std::chrono::milliseconds time) {
    schedule().advance_time(time);
    schedule().run();
  }

  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
  event_bus_actor events;
  registry_actor registry;
  envelope from;
  model_ref model{"default", "minilm"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(registering, registry_fixture)

BOOST_AUTO_TEST_CASE(answers_with_a_revision_and_becomes_ready) {
  const auto known = must(enter(1));

  BOOST_TEST(known.at == 1u);
  BOOST_TEST(!known.was_known);
  BOOST_TEST((known.version.state == version_state::ready));
}

BOOST_AUTO_TEST_CASE(is_harmless_when_repeated) {
  must(enter(1));
  const auto again = must(enter(1));

  BOOST_TEST(again.was_known);
  BOOST_TEST(again.at == 1u);
  BOOST_TEST(store->head() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_another_artifact_and_names_the_next_free_version) {
  must(enter(1));
  must(enter(2, "1.0.1"));
  const auto refused = enter(3);

  BOOST_TEST(code(refused) == ec::already_exists);
  BOOST_TEST(text(refused).ends_with("the next free version is 1.0.2"));
}

BOOST_AUTO_TEST_CASE(survives_a_restart_of_every_actor) {
  must(enter(1));
  spawn();

  BOOST_TEST(must(enter(1)).was_known);
}

BOOST_AUTO_TEST_CASE(takes_any_name_that_folders_of_keys_have) {
  for (const auto* name : {"aliases", "versions", "variants"}) {
    model = {name, name};
    must(enter(1));
    verified(5);
    must(move_alias(5));
    spawn();

    BOOST_TEST(must(enter(1)).was_known, name);
    BOOST_CHECK(must(production()).alias.recipe_digest == digest_of(5));
  }
  BOOST_TEST(
    must(actors::live_artifacts(must(store->range("models/", 0, 0, {})))).size()
    == 2u);
}

BOOST_AUTO_TEST_CASE(passes_on_why_a_write_failed) {
  store->failure = {ec::resource_exhausted, "disk full"};

  BOOST_TEST(code(enter(1)) == ec::resource_exhausted);
  store->failure = {ec::none, {}};
  BOOST_TEST(code(enter(1)) == ec::none);
}

BOOST_AUTO_TEST_CASE(refuses_a_model_name_that_is_no_name) {
  model.model = "../etc";

  BOOST_TEST(code(enter(1)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(variants, registry_fixture)

BOOST_AUTO_TEST_CASE(need_their_version) {
  BOOST_TEST(code(begin(7)) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(are_made_by_one_job_at_a_time) {
  must(enter(1));
  must(begin(7));

  BOOST_TEST(must(begin(7)).is_taken);
}

BOOST_AUTO_TEST_CASE(of_a_job_that_is_gone_are_taken_over) {
  must(enter(1));
  auto left = must(begin(7)).variant;
  begin_variant command;
  command.variant = left;
  command.variant.job = "job-2";
  command.gone = left.job;
  const auto taken = must(ask<variant_begun>(registry, from, command));
  left.state = variant_state::failed;

  BOOST_TEST(!taken.is_taken);
  BOOST_TEST(taken.variant.job == "job-2");
  // Whoever left it may not speak for it any more.
  BOOST_TEST(code(ask<variant_record>(registry, from, change_variant{left}))
             == ec::failed_precondition);
}

BOOST_AUTO_TEST_CASE(that_are_verified_are_not_made_again_unless_forced) {
  must(enter(1));
  verified(7);

  BOOST_TEST(must(begin(7)).is_done);
  BOOST_TEST(!must(begin(7, true)).is_done);
}

BOOST_AUTO_TEST_CASE(stand_while_they_are_made_anew) {
  must(enter(1));
  verified(7);
  must(move_alias(7));
  const auto begun = must(begin(7, true));

  BOOST_TEST(begun.stands);
  BOOST_TEST((state_of(7) == variant_state::deployed));
}

BOOST_AUTO_TEST_CASE(stand_when_making_them_anew_fails) {
  must(enter(1));
  const auto good = verified(7);
  must(move_alias(7));
  auto remade = must(begin(7, true)).variant;
  remade.artifact = {};
  remade.reason = "interrupted";
  must(remake(remade, variant_state::failed));

  BOOST_TEST((state_of(7) == variant_state::deployed));
  BOOST_TEST((record_of(7).artifact == good.artifact));
  BOOST_TEST(record_of(7).reason.empty());
}

BOOST_AUTO_TEST_CASE(are_replaced_once_the_new_one_is_verified) {
  must(enter(1));
  verified(7);
  must(move_alias(7));
  auto remade = must(begin(7, true)).variant;
  remade.job = "job-2";
  must(remake(remade, variant_state::verified));
  BOOST_TEST((state_of(7) == variant_state::deployed));
  BOOST_TEST(record_of(7).job == "job-2");

  remade.artifact = digest_of(50);
  must(remake(remade, variant_state::verified));
  BOOST_TEST((state_of(7) == variant_state::verified));
  BOOST_TEST((must(production()).alias.artifact == digest_of(107)));
}

BOOST_AUTO_TEST_CASE(are_remade_only_where_they_stand) {
  must(enter(1));
  const auto variant = must(begin(7)).variant;

  BOOST_TEST(code(remake(variant, variant_state::verified))
             == ec::failed_precondition);
  must(change(variant, variant_state::failed));
  BOOST_TEST(code(remake(variant, variant_state::verified))
             == ec::failed_precondition);
}

BOOST_AUTO_TEST_CASE(may_be_retried_after_a_failure) {
  must(enter(1));
  const auto variant = must(begin(7)).variant;
  must(change(variant, variant_state::failed));

  BOOST_TEST(!must(begin(7)).is_done);
}

BOOST_AUTO_TEST_CASE(refuse_a_change_that_is_no_edge) {
  must(enter(1));
  const auto variant = must(begin(7)).variant;
  const auto refused = change(variant, variant_state::deployed);

  BOOST_TEST(code(refused) == ec::failed_precondition);
  BOOST_TEST((state_of(7) == variant_state::quantizing));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(promoting, registry_fixture)

BOOST_AUTO_TEST_CASE(points_the_alias_and_deploys_the_variant) {
  must(enter(1));
  verified(7);
  must(move_alias(7));

  BOOST_TEST((must(production()).alias.artifact == digest_of(107)));
  BOOST_TEST((state_of(7) == variant_state::deployed));
}

BOOST_AUTO_TEST_CASE(returns_the_old_variant_to_verified) {
  must(enter(1));
  verified(7);
  verified(8);
  must(move_alias(7));
  must(move_alias(8));

  BOOST_TEST((state_of(7) == variant_state::verified));
  BOOST_TEST((state_of(8) == variant_state::deployed));
}

BOOST_AUTO_TEST_CASE(to_where_it_points_changes_nothing) {
  must(enter(1));
  verified(7);
  must(move_alias(7));
  const auto head = store->head();

  BOOST_TEST(must(move_alias(7)).was_there);
  BOOST_TEST(store->head() == head);
}

BOOST_AUTO_TEST_CASE(refuses_a_variant_that_is_not_verified) {
  must(enter(1));
  must(begin(7));

  BOOST_TEST(code(move_alias(7)) == ec::failed_precondition);
  BOOST_TEST(code(production()) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(below_layer_verified_needs_permission) {
  must(enter(1));
  verified(7, verdict::smoke);

  BOOST_TEST(code(move_alias(7)) == ec::failed_precondition);
  BOOST_TEST(code(production()) == ec::not_found);
  BOOST_TEST(code(move_alias(7, true)) == ec::none);
}

BOOST_AUTO_TEST_CASE(is_one_transaction_with_its_event) {
  must(enter(1));
  verified(7);
  const auto moved = must(move_alias(7));
  const auto events_key = "events/" + std::to_string(moved.at);

  BOOST_TEST(code(store->get(events_key, 0)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(events_of_the_registry, registry_fixture)

BOOST_AUTO_TEST_CASE(are_told_a_listener_by_how_far_the_log_goes) {
  std::vector<revision> heard;
  self->send(events, from,
             caf::actor_cast<event_listener_actor>(
               caf::actor_cast<caf::strong_actor_ptr>(self.ptr())));
  must(enter(1));
  verified(7);
  must(move_alias(7));
  self->receive_while([&] { return self->has_next_message(); })(
    [&](revision head) { heard.push_back(head); });

  BOOST_TEST(heard == (std::vector<revision>{1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_active_model, registry_fixture)

BOOST_AUTO_TEST_CASE(is_loaded_once_while_it_is_used) {
  must(enter(1));
  must(enter(2, "1.1.0"));

  BOOST_TEST(active_models() == 1u);
  BOOST_TEST(store->ranges == 1);
}

BOOST_AUTO_TEST_CASE(is_ended_when_nobody_asked_for_long) {
  must(enter(1));
  pass(model_idle / 2);
  BOOST_TEST(active_models() == 1u);
  pass(model_idle / 2);

  BOOST_TEST(active_models() == 0u);
}

BOOST_AUTO_TEST_CASE(makes_room_when_too_many_others_are_used) {
  must(enter(1));
  for (size_t other = 0; other < model_limit; ++other) {
    model.model = "other-" + std::to_string(other);
    must(enter(1));
  }
  BOOST_TEST(active_models() == model_limit);
  model.model = "minilm";

  BOOST_TEST(!state().active.contains(model));
  BOOST_TEST(must(enter(1)).was_known);
  BOOST_TEST(active_models() == model_limit);
}

BOOST_AUTO_TEST_CASE(is_loaded_again_by_the_next_command) {
  must(enter(1));
  pass(model_idle);
  const auto known = must(enter(1));

  BOOST_TEST(known.was_known);
  BOOST_TEST(known.at == 1u);
  BOOST_TEST(store->ranges == 2);
}

BOOST_AUTO_TEST_CASE(that_is_used_stays) {
  must(enter(1));
  for (int i = 0; i < 8; ++i) {
    pass(model_idle / 4);
    BOOST_TEST(must(enter(1)).was_known);
  }

  BOOST_TEST(store->ranges == 1);
}

BOOST_AUTO_TEST_CASE(that_could_not_be_loaded_says_why_and_is_tried_again) {
  store->range_failure = {ec::data_loss, "a bad block"};
  const auto refused = seen_error(enter(1));
  store->range_failure = {ec::none, {}};
  const auto known = enter(1);

  BOOST_TEST((refused == error{ec::data_loss, "a bad block"}));
  BOOST_TEST(code(known) == ec::none);
}

BOOST_AUTO_TEST_CASE(whose_commit_failed_is_loaded_again) {
  must(enter(1));
  store->failure = {ec::resource_exhausted, "the disk is full"};
  BOOST_TEST(code(enter(2, "1.1.0")) == ec::resource_exhausted);
  store->failure = {ec::none, {}};

  BOOST_TEST(!must(enter(2, "1.1.0")).was_known);
  BOOST_TEST(store->ranges == 2);
}

BOOST_AUTO_TEST_CASE(that_is_killed_is_loaded_again) {
  must(enter(1));
  self->send_exit(state().active.at(model).actor, caf::exit_reason::kill);
  schedule().run();

  BOOST_TEST(must(enter(1)).was_known);
  BOOST_TEST(store->ranges == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_writer, deterministic_actors)

BOOST_AUTO_TEST_CASE(puts_what_waits_into_one_write) {
  const auto store = std::make_shared<memory_store>();
  const auto writer =
    keep(system.spawn(actors::metadata_writer, store, event_bus_actor{}));
  const auto set = [&](const std::string& key) {
    transaction change;
    change.then.push_back(put{key, "x", false});
    return self->request(writer, caf::infinite, envelope{}, change);
  };
  auto first = set("a");
  auto second = set("b");
  schedule().run();
  std::vector<revision> revisions;
  const auto take = [&](const commit_result& done) {
    revisions.push_back(done.at);
  };
  const auto fail_test = [&](caf::error& e) { BOOST_FAIL(from_caf(e).text); };
  first.receive(take, fail_test);
  second.receive(take, fail_test);

  BOOST_TEST(store->writes == 1);
  BOOST_TEST(revisions == (std::vector<revision>{1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_bad_transaction_without_those_beside_it) {
  const auto store = std::make_shared<memory_store>();
  const auto writer =
    keep(system.spawn(actors::metadata_writer, store, event_bus_actor{}));
  const auto send = [&](const std::string& key, const std::string& value) {
    transaction change;
    change.then.push_back(put{key, value, false});
    return self->request(writer, caf::infinite, envelope{}, change);
  };
  auto before = send("a", "x");
  auto bad = send("b", std::string(storage::max_value_bytes + 1, 'x'));
  auto after = send("c", "x");
  schedule().run();
  std::string seen;
  const auto take = [&](const commit_result& done) {
    seen += "revision " + std::to_string(done.at) + ", ";
  };
  const auto refused = [&](caf::error& e) {
    seen += std::string{to_string(from_caf(e).code)} + ", ";
  };
  before.receive(take, refused);
  bad.receive(take, refused);
  after.receive(take, refused);

  BOOST_TEST(seen == "revision 1, invalid_argument, revision 2, ");
  BOOST_TEST(store->writes == 1);
}

BOOST_AUTO_TEST_CASE(begins_another_write_where_one_would_be_too_large) {
  const auto store = std::make_shared<memory_store>();
  const auto writer =
    keep(system.spawn(actors::metadata_writer, store, event_bus_actor{}));
  const auto large = [&](char which) {
    transaction change;
    for (int part = 0; part < 15; ++part)
      change.then.push_back(put{which + std::to_string(part),
                                std::string(storage::max_value_bytes, 'x'),
                                false});
    return self->request(writer, caf::infinite, envelope{}, change);
  };
  std::vector<decltype(large('a'))> asked;
  for (const auto which : {'a', 'b', 'c', 'd', 'e'})
    asked.push_back(large(which));
  schedule().run();
  revision last = 0;
  for (auto& one : asked)
    one.receive([&](const commit_result& done) { last = done.at; },
                [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });

  BOOST_TEST(last == 5u);
  BOOST_TEST(store->writes == 2);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_overdue) {
  const auto store = std::make_shared<memory_store>();
  const auto writer =
    keep(system.spawn(actors::metadata_writer, store, event_bus_actor{}));
  envelope late;
  late.deadline = std::chrono::system_clock::now() - std::chrono::seconds{1};

  BOOST_TEST(code(ask<commit_result>(writer, late, transaction{}))
             == ec::deadline_exceeded);
  BOOST_TEST(store->writes == 0);
}

BOOST_AUTO_TEST_CASE(answers_who_waits_before_it_goes) {
  const auto store = std::make_shared<memory_store>();
  const auto writer =
    system.spawn(actors::metadata_writer, store, event_bus_actor{});
  transaction change;
  change.then.push_back(put{"a", "x", false});
  auto request = self->request(writer, caf::infinite, envelope{}, change);
  self->send_exit(writer, caf::exit_reason::user_shutdown);
  schedule().run();
  revision at = 0;
  request.receive([&](const commit_result& done) { at = done.at; },
                  [](caf::error& e) { BOOST_FAIL(from_caf(e).text); });

  BOOST_TEST(at == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
