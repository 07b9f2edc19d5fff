#include "tests/support/forked.hpp"
#include "tests/support/killed_at_call.hpp"
#include "tests/unit/cache/made_artifact.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/resource.h>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;
using actors::version_folder;
namespace fs = std::filesystem;

namespace {

struct crash_fixture {
  temporary_folder folder;
  made_blobs blobs{folder / "store"};
  made_artifact old = make_artifact("old");
  made_artifact next = make_artifact("next");

  crash_fixture() {
    blobs.add(old);
    blobs.add(next);
  }

  expected<void> use(const fs::path& place, const made_artifact& one) const {
    const version_folder to{place};
    if (!to.is_whole(one.artifact, one.files))
      TRIVIUM_CHECK(to.fill(one.artifact, one.files, blobs.copier(), {}));
    TRIVIUM_TRY(const auto held, to.lock(0ms));
    TRIVIUM_CHECK(to.switch_to(held, one.artifact));
    TRIVIUM_TRY(const auto gone, to.prune(held, 0));
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_crash, crash_fixture)

BOOST_AUTO_TEST_CASE(at_any_change_of_names_leaves_a_whole_version_shown) {
  for (int call = 1;; ++call) {
    const auto place = folder / std::to_string(call);
    must(use(place, old));
    const auto said = forked([&] {
      kill_at_call(call);
      return text(use(place, next));
    });

    const auto shown = version_folder{place}.current();
    BOOST_TEST_REQUIRE((shown == old.artifact || shown == next.artifact),
                       "call " << call);
    BOOST_TEST_REQUIRE(
      holds_exactly(place / "current", shown == old.artifact ? old : next),
      "call " << call);
    BOOST_TEST_REQUIRE(code(use(place, next)) == ec::none);
    BOOST_TEST_REQUIRE(holds_exactly(place / "current", next));
    BOOST_TEST_REQUIRE(!has_leftovers(place), "call " << call);
    BOOST_TEST_REQUIRE(entries(place / "versions") == 1, "call " << call);
    if (said != "signal 9") {
      BOOST_TEST(said == "");
      BOOST_TEST(call > 20); // else the calls are not seen
      return;
    }
  }
}

BOOST_AUTO_TEST_CASE(while_a_file_is_copied_leaves_the_old_version) {
  const auto place = folder / "to";
  must(use(place, old));
  const auto said = forked([&] {
    static_cast<void>(version_folder{place}.fill(
      next.artifact, next.files,
      [&](const manifest_entry& file, const fs::path& target) {
        fill(target, "half");
        if (file.path == "m.safetensors")
          ::raise(SIGKILL);
        return expected<void>{};
      },
      {}));
    return std::string{"finished"};
  });
  BOOST_TEST(said == "signal 9");
  BOOST_TEST(holds_exactly(place / "current", old));
  BOOST_TEST(has_leftovers(place));

  const version_folder to{place};
  to.recover(must(to.lock(0ms)));

  BOOST_TEST(!has_leftovers(place));
  BOOST_TEST(entries(place / "versions") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_full_disk, crash_fixture)

BOOST_AUTO_TEST_CASE(leaves_the_old_version_and_says_so) {
  const auto place = folder / "to";
  must(use(place, old));
  const auto said = forked([&] {
    const rlimit bytes{1000, 1000};
    std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &bytes);
    return std::string{to_string(code(use(place, next)))};
  });

  BOOST_TEST(said == "resource_exhausted");
  BOOST_TEST(holds_exactly(place / "current", old));
  BOOST_TEST(!has_leftovers(place));
}

BOOST_AUTO_TEST_SUITE_END()
