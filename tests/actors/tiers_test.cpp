#include "actors/cache/tiers.hpp"
#include "messages/values/sha256.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

struct counting_origin_state {
  static inline constexpr const char* name = "counting_origin";
  int asked = 0;
  std::vector<caf::typed_response_promise<acknowledged>> promises;
};

/// An origin that answers when it is told to.
using counting_origin_actor = origin_actor::extend<caf::reacts_to<op::flush>>;

counting_origin_actor::behavior_type counting_origin(
  counting_origin_actor::stateful_pointer<counting_origin_state> self) {
  return {
    [self](const envelope&, const fetch_blob&) -> caf::result<acknowledged> {
      ++self->state.asked;
      auto promise = self->make_response_promise<acknowledged>();
      self->state.promises.push_back(promise);
      return promise;
    },
    [](const envelope&, const repair_artifact&) { return acknowledged{}; },
    [self](op::flush) {
      for (auto& promise : self->state.promises)
        promise.deliver(acknowledged{});
    },
  };
}

struct tier_fixture : deterministic_actors {
  fetch_blob wanted(const std::string& name) {
    fetch_blob request;
    request.blob = {"model.gguf", file_role::weights, bytes.size(),
                    sha256(bytes)};
    request.target = folder / name;
    return request;
  }

  void take_in() {
    fill(folder / "source", bytes);
    must(
      store->ingest(model_format::gguf,
                    {{"model.gguf", file_role::weights,
                      must(storage::readable_file::open(folder / "source"))}},
                    {}, [](uint64_t, uint64_t) {}));
  }

  /// One byte of the blob, its size kept.
  void damage_blob() {
    const auto hex = to_string(sha256(bytes));
    const auto path = folder / "store/blobs" / hex.substr(0, 2) / hex;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    auto damaged = bytes;
    damaged[100] = static_cast<char>(damaged[100] ^ 1);
    fill(path, damaged);
  }

  temporary_folder folder;
  std::string bytes = patterned(5000);
  std::shared_ptr<storage::artifact_store> store{
    must(storage::artifact_store::open(folder / "store"))};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_disk_tier, tier_fixture)

BOOST_AUTO_TEST_CASE(serves_what_it_has_without_the_origin) {
  take_in();
  const auto origin = keep(system.spawn(counting_origin));
  const auto tier =
    keep(system.spawn(disk_tier, store, caf::actor_cast<origin_actor>(origin)));

  BOOST_TEST(code(ask<acknowledged>(tier, envelope{}, wanted("out")))
             == ec::none);
  BOOST_TEST((content(folder / "out") == bytes));
}

BOOST_AUTO_TEST_CASE(stops_copying_for_who_is_cancelled) {
  take_in();
  const auto origin = keep(system.spawn(counting_origin));
  const auto tier =
    keep(system.spawn(disk_tier, store, caf::actor_cast<origin_actor>(origin)));
  envelope stopped;
  stopped.cancel.cancel();

  BOOST_TEST(code(ask<acknowledged>(tier, stopped, wanted("out")))
             == ec::cancelled);
  BOOST_TEST(!std::filesystem::exists(folder / "out"));
}

BOOST_AUTO_TEST_CASE(asks_the_origin_once_however_many_wait) {
  const auto origin = keep(system.spawn(counting_origin));
  const auto tier =
    keep(system.spawn(disk_tier, store, caf::actor_cast<origin_actor>(origin)));
  auto first = self->request(tier, caf::infinite, envelope{}, wanted("first"));
  auto second =
    self->request(tier, caf::infinite, envelope{}, wanted("second"));
  schedule().run();
  auto& state =
    caf::actor_cast<
      counting_origin_actor::stateful_pointer<counting_origin_state>>(origin)
      ->state;
  const auto asked = state.asked;
  take_in();
  self->send(origin, op::flush_v);
  schedule().run();
  const auto fail_test = [](caf::error& e) { BOOST_FAIL(from_caf(e).text); };
  first.receive([](acknowledged) {}, fail_test);
  second.receive([](acknowledged) {}, fail_test);

  BOOST_TEST(asked == 1);
  BOOST_TEST((content(folder / "second") == bytes));
}

BOOST_AUTO_TEST_CASE(says_data_loss_when_the_origin_is_gone) {
  const auto origin = keep(system.spawn(origin_tier, store));
  const auto tier =
    keep(system.spawn(disk_tier, store, caf::actor_cast<origin_actor>(origin)));
  auto request = wanted("out");
  request.origin = "file://" + (folder / "gone.gguf").native();

  BOOST_TEST(code(ask<acknowledged>(tier, envelope{}, request))
             == ec::data_loss);
  BOOST_TEST(!std::filesystem::exists(folder / "out"));
}

BOOST_AUTO_TEST_CASE(brings_a_damaged_blob_again) {
  take_in();
  const auto origin = keep(system.spawn(origin_tier, store));
  const auto files = std::make_shared<const manifest>(
    manifest{model_format::gguf, {wanted("out").blob}});
  damage_blob();

  repair_artifact request{files, "file://" + (folder / "source").native()};
  // What lies at the origin is no model: it is asked, and says so.
  BOOST_TEST(code(ask<acknowledged>(origin, envelope{}, request))
             == ec::data_loss);
  request.origin.clear();
  BOOST_TEST(code(ask<acknowledged>(origin, envelope{}, request))
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(leaves_sound_blobs_alone) {
  take_in();
  const auto origin = keep(system.spawn(origin_tier, store));
  const auto files = std::make_shared<const manifest>(
    manifest{model_format::gguf, {wanted("out").blob}});

  BOOST_TEST(
    code(ask<acknowledged>(origin, envelope{}, repair_artifact{files, {}}))
    == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()
