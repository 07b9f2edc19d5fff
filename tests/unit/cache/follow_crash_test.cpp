#include "actors/cache/follow.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/killed_at_call.hpp"
#include "tests/unit/cache/fake_source.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::test;
using actors::follower;
using actors::version_folder;
namespace fs = std::filesystem;

namespace {

struct crash_fixture {
  temporary_folder folder;
  fake_source source{folder / "store"};
  made_artifact old = make_artifact("old");
  made_artifact next = make_artifact("next");

  crash_fixture() {
    source.blobs.add(old);
    source.blobs.add(next);
  }

  /// Until nothing is left to do; what it was told then.
  error follow(const fs::path& place) {
    actors::follow_options options;
    options.alias.model.model = "m";
    options.folder = place;
    options.keep = 0;
    options.exec = "echo $TRIVIUM_ARTIFACT >> " + place.native() + ".hooked";
    const cancel_token cancel;
    actors::pull_listener listener;
    listener.settled = [&] { cancel.cancel(); };
    return follower{source, options, listener, cancel}.run();
  }

  static std::string last_hooked(const fs::path& place) {
    const auto lines = content(place.native() + ".hooked");
    return lines.size() < 65 ? lines : lines.substr(lines.size() - 65);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_follower_that_crashes, crash_fixture)

BOOST_AUTO_TEST_CASE(leaves_a_whole_version_and_the_hook_for_the_next_one) {
  for (int call = 1;; ++call) {
    const auto place = folder / std::to_string(call);
    source.move_to(old);
    BOOST_TEST_REQUIRE(follow(place).code == ec::cancelled);
    source.move_to(next);
    const auto said = forked([&] {
      kill_at_call(call);
      return std::string{to_string(follow(place).code)};
    });

    const auto shown = version_folder{place}.current();
    BOOST_TEST_REQUIRE((shown == old.artifact || shown == next.artifact),
                       "call " << call);
    BOOST_TEST_REQUIRE(
      holds_exactly(place / "current", shown == old.artifact ? old : next),
      "call " << call);
    BOOST_TEST_REQUIRE(follow(place).code == ec::cancelled);
    BOOST_TEST_REQUIRE(holds_exactly(place / "current", next));
    BOOST_TEST_REQUIRE(last_hooked(place) == to_string(next.artifact) + "\n");
    BOOST_TEST_REQUIRE(!has_leftovers(place), "call " << call);
    BOOST_TEST_REQUIRE(entries(place / "versions") == 1, "call " << call);
    if (said != "signal 9") {
      BOOST_TEST(said == "cancelled");
      BOOST_TEST(call > 20); // else the calls are not seen
      return;
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
