#include "actors/cache/follow.hpp"
#include "tests/support/forked.hpp"
#include "tests/unit/cache/fake_source.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;
using actors::follow_options;
using actors::follower;
using actors::version_folder;
namespace fs = std::filesystem;

namespace {

/// What a follower told, in order: "shown DIGEST", "said TEXT", "settled".
class diary {
public:
  actors::pull_listener listener() {
    actors::pull_listener ears;
    ears.shown = [this](const pulled& one) {
      add("shown " + abbreviated(one.alias.artifact)
          + (one.was_there ? " as it was" : ""));
    };
    ears.said = [this](const std::string& line) { add("said " + line); };
    ears.settled = [this] { add("settled"); };
    return ears;
  }

  void add(std::string line) {
    {
      const std::lock_guard lock{guard_};
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }

  /// Waits for the next line with these words; those before it are passed.
  std::string await(const std::string& words) {
    std::unique_lock lock{guard_};
    while (true) {
      while (read_ < lines_.size())
        if (const auto& line = lines_[read_++];
            line.find(words) != std::string::npos)
          return line;
      changed_.wait(lock);
    }
  }

  std::vector<std::string> lines() const {
    const std::lock_guard lock{guard_};
    return lines_;
  }

private:
  mutable std::mutex guard_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  size_t read_ = 0;
};

/// One that runs on a thread of its own until it goes.
class running_follower {
public:
  running_follower(actors::alias_source& source, const follow_options& options)
    : follower_(source, options, heard.listener(), cancel_), thread_([this] {
        ended_ = follower_.run();
        heard.add("ended");
      }) {}

  ~running_follower() {
    cancel_.cancel();
    if (thread_.joinable())
      thread_.join();
  }

  error end() {
    heard.await("ended");
    thread_.join();
    return ended_;
  }

  void stop() const { cancel_.cancel(); }

  diary heard;

private:
  cancel_token cancel_;
  error ended_;
  follower follower_;
  std::thread thread_;
};

struct follow_fixture {
  temporary_folder folder;
  fake_source source{folder / "store"};
  made_artifact one = make_artifact("one");
  made_artifact two = make_artifact("two");
  made_artifact three = make_artifact("three");
  version_folder to{folder / "to"};
  follow_options options;

  follow_fixture() {
    for (const auto* made : {&one, &two, &three})
      source.blobs.add(*made);
    options.alias = must(alias_ref::parse("default/m@production"));
    options.folder = to.path();
    options.first_pause = 1ms;
    options.longest_pause = 10ms;
  }

  bool shows(const made_artifact& made) const {
    return to.current() == made.artifact
           && holds_exactly(to.path() / "current", made);
  }

  static std::string shown(const made_artifact& made) {
    return "shown " + abbreviated(made.artifact);
  }

  void lose(const made_artifact& made) const {
    fs::remove(source.blobs.path(made.files.files[1].sha256));
  }

  void flip_a_bit_of(const made_artifact& made) const {
    const auto path = source.blobs.path(made.files.files[1].sha256);
    auto bytes = content(path);
    bytes[5] = static_cast<char>(bytes[5] ^ 1);
    fill(path, bytes);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_follower, follow_fixture)

BOOST_AUTO_TEST_CASE(switches_whenever_the_alias_moves) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  BOOST_TEST(shows(one));

  source.point_at(two);
  running.heard.await(shown(two));
  running.heard.await("settled");
  BOOST_TEST(shows(two));

  source.point_at(one);
  running.heard.await(shown(one));
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(watches_from_the_revision_after_its_first_answer) {
  source.move_to(one); // revision 11
  running_follower running{source, options};
  running.heard.await("settled");

  BOOST_TEST(source.watched_from == std::vector<revision>{12},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_an_alias_that_has_not_moved_for_very_long) {
  source.compacted = 1000;
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  source.point_at(two);
  running.heard.await(shown(two));

  BOOST_TEST(source.watched_from == (std::vector<revision>{12, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_once_what_was_there_from_the_start) {
  source.move_to(one);
  {
    running_follower running{source, options};
    running.heard.await("settled");
  }
  running_follower running{source, options};
  running.heard.await("settled");
  source.ring();
  running.heard.await("settled");

  BOOST_TEST(running.heard.lines()
               == (std::vector<std::string>{shown(one) + " as it was",
                                            "settled", "settled"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_as_many_old_versions_as_it_shall) {
  options.keep = 1;
  source.move_to(one);
  running_follower running{source, options};
  for (const auto* made : {&one, &two, &three}) {
    source.point_at(*made);
    running.heard.await(shown(*made));
    running.heard.await("settled");
  }

  BOOST_TEST(shows(three));
  BOOST_CHECK(to.previous() == std::vector{two.artifact});
}

BOOST_AUTO_TEST_CASE(does_not_show_what_the_alias_left_meanwhile) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  lose(two);
  source.origin.emplace(two.artifact, two);
  source.on_ensure = [&] { source.point_at(three); };

  source.point_at(two);
  BOOST_TEST(running.heard.await("shown ") == shown(three));
  BOOST_TEST(shows(three));
}

BOOST_AUTO_TEST_CASE(waits_for_an_alias_that_is_not_there_yet) {
  running_follower running{source, options};
  BOOST_TEST(running.heard.await("said ")
             == "said there is no alias production; waiting");

  source.point_at(one);
  running.heard.await(shown(one));
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_it_was_told) {
  options.wait = 20ms;
  running_follower running{source, options};

  const auto ended = running.end();

  BOOST_TEST(ended.code == ec::not_found);
  BOOST_TEST(!fs::exists(to.path() / "current"));
}

BOOST_AUTO_TEST_CASE(ends_at_once_with_what_does_not_pass) {
  source.fail_with({ec::permission_denied, "no"});
  running_follower running{source, options};

  BOOST_TEST(running.end() == (error{ec::permission_denied, "no"}));
}

BOOST_AUTO_TEST_CASE(keeps_its_version_while_the_node_is_away) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  source.fail_with({ec::unavailable, "no connection"});
  source.ring();
  BOOST_TEST(running.heard.await("said ")
             == "said no connection; trying again");
  for (int i = 0; i < 3; ++i)
    source.await_question();
  BOOST_TEST(shows(one));

  source.move_to(two);
  source.recover();
  source.ring(); // the connection is back
  running.heard.await("settled");

  BOOST_TEST(shows(two));
  auto said = running.heard.lines();
  std::erase_if(said,
                [](const auto& line) { return !line.starts_with("said"); });
  BOOST_TEST(said.size() == 1u); // one line, however often it tried
}

BOOST_AUTO_TEST_CASE(asks_the_node_for_a_blob_that_is_missing) {
  lose(one);
  source.origin.emplace(one.artifact, one);
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");

  BOOST_TEST(source.ensured == 1);
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(asks_the_node_for_a_blob_that_is_damaged) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  flip_a_bit_of(two);
  source.origin.emplace(two.artifact, two);

  source.point_at(two);
  BOOST_TEST(running.heard.await("said ").find("the blob is damaged")
             != std::string::npos);
  running.heard.await("settled");

  BOOST_TEST(shows(two));
}

BOOST_AUTO_TEST_CASE(keeps_its_version_while_a_blob_stays_damaged) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  flip_a_bit_of(two);

  source.point_at(two);
  running.heard.await("the origin is gone; trying again");
  source.await_question();
  BOOST_TEST(shows(one));
  BOOST_TEST(!fs::exists(to.version(two.artifact)));

  source.blobs.add(two); // somebody mended it
  running.heard.await(shown(two));
  BOOST_TEST(shows(two));
}

BOOST_AUTO_TEST_CASE(is_refused_where_another_one_keeps_the_folder) {
  source.move_to(one);
  running_follower first{source, options};
  first.heard.await("settled");
  running_follower second{source, options};

  const auto ended = second.end();

  BOOST_TEST(ended.code == ec::unavailable);
  BOOST_TEST(ended.text.find("is kept by another process (pid ")
             != std::string::npos);
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(removes_what_a_dead_process_left) {
  const auto versions = to.path() / "versions";
  fs::create_directories(versions
                         / ("." + to_string(two.artifact) + ".1-1.partial"));
  fs::create_symlink("versions/x", to.path() / ".current.1.partial");
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");

  BOOST_TEST(!has_leftovers(to.path()));
}

BOOST_AUTO_TEST_CASE(keeps_its_version_on_a_full_disk_and_goes_on_after_it) {
  source.move_to(one);
  const auto said = forked([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    running_follower running{source, options};
    running.heard.await("settled");
    rlimit bytes{};
    ::getrlimit(RLIMIT_FSIZE, &bytes);
    bytes.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &bytes);
    source.point_at(two);
    running.heard.await("; trying again");
    source.await_question();
    const std::string during = shows(one) ? "one" : "?";
    bytes.rlim_cur = bytes.rlim_max;
    ::setrlimit(RLIMIT_FSIZE, &bytes);
    running.heard.await("settled");
    return during + (shows(two) ? " two" : " ?");
  });

  BOOST_TEST(said == "one two");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct hook_fixture : follow_fixture {
  hook_fixture() {
    source.move_to(one);
    options.exec = "echo \"$TRIVIUM_VERSION $TRIVIUM_REASON\" >> "
                   + (folder / "hooked").string();
  }

  std::string hooked() const { return content(folder / "hooked"); }

  void follow_until_settled() {
    running_follower running{source, options};
    running.heard.await("settled");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_hook_of_a_follower, hook_fixture)

BOOST_AUTO_TEST_CASE(leaves_its_children_time_to_end) {
  // The shell dies of the signal at once; what it runs clears up first.
  options.exec = "(trap 'sleep 0.1; touch " + (folder / "cleared").string()
                 + "; exit' TERM; touch " + (folder / "runs").string()
                 + "; while :; do sleep 0.01; done); true";
  {
    running_follower running{source, options};
    while (!fs::exists(folder / "runs"))
      std::this_thread::yield();
  }

  BOOST_TEST(fs::exists(folder / "cleared"));
}

BOOST_AUTO_TEST_CASE(knows_what_was_switched_to) {
  options.exec =
    "env | grep -E '^TRIVIUM_(ALIAS|ARTIFACT|FOLDER|MODEL|REASON|VERSION)=' "
    "| sort > "
    + (folder / "env").string() + "; cp $TRIVIUM_FOLDER/config.json "
    + (folder / "copy").string();
  follow_until_settled();

  BOOST_TEST(content(folder / "env")
             == "TRIVIUM_ALIAS=production\n"
                "TRIVIUM_ARTIFACT="
                  + to_string(one.artifact)
                  + "\n"
                    "TRIVIUM_FOLDER="
                  + fs::canonical(to.version(one.artifact)).string()
                  + "\n"
                    "TRIVIUM_MODEL=default/m\n"
                    "TRIVIUM_REASON=switch\n"
                    "TRIVIUM_VERSION=11.0.0\n");
  BOOST_TEST(content(folder / "copy") == one.bytes[0]);
}

BOOST_AUTO_TEST_CASE(runs_once_for_each_switch) {
  follow_until_settled();
  follow_until_settled();
  source.move_to(two);
  follow_until_settled();

  BOOST_TEST(hooked() == "11.0.0 switch\n12.0.0 switch\n");
}

BOOST_AUTO_TEST_CASE(runs_at_the_start_where_it_did_not_run_after_the_switch) {
  must(to.fill(one.artifact, one.files, source.blobs.copier(), {}));
  must(to.switch_to(must(to.lock(0ms)), one.artifact));

  follow_until_settled();
  follow_until_settled();

  BOOST_TEST(hooked() == "11.0.0 start\n");
}

BOOST_AUTO_TEST_CASE(that_fails_is_told_and_undoes_nothing) {
  options.exec = "exit 7";
  running_follower running{source, options};

  BOOST_TEST(running.heard.await("said ")
             == "said the hook ended with exit status 7");
  running.heard.await("settled");
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(that_hangs_is_told_and_undoes_nothing) {
  options.exec = "sleep 1000";
  options.exec_limit = 20ms;
  running_follower running{source, options};

  BOOST_TEST(running.heard.await("said ")
             == "said the hook took longer than 20 ms and was stopped");
  running.heard.await("settled");
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(that_a_stop_interrupted_runs_at_the_next_start) {
  const auto fifo = (folder / "fifo").string();
  BOOST_TEST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const auto exec =
    std::exchange(options.exec, "echo begun > " + fifo + "; sleep 1000");
  {
    running_follower running{source, options};
    BOOST_TEST(content(fifo) == "begun\n");
    running.stop();
    BOOST_TEST(running.end().code == ec::cancelled);
  }
  options.exec = exec;

  follow_until_settled();

  BOOST_TEST(hooked() == "11.0.0 start\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_single_pull, follow_fixture)

BOOST_AUTO_TEST_CASE(brings_what_the_alias_names) {
  source.move_to(one);

  const auto result =
    must(pull_once(source, options.alias, to.path(), 0ms, {}, {}));
  BOOST_TEST(!result.was_there);
  BOOST_TEST(shows(one));
  BOOST_TEST(
    must(pull_once(source, options.alias, to.path(), 0ms, {}, {})).was_there);
}

BOOST_AUTO_TEST_CASE(waits_for_the_alias_if_it_shall) {
  BOOST_TEST(code(pull_once(source, options.alias, to.path(), 0ms, {}, {}))
             == ec::not_found);
  diary heard;
  std::thread promoting{[&] {
    heard.await("waiting");
    source.move_to(one);
  }};

  const auto result =
    pull_once(source, options.alias, to.path(), 60s, heard.listener(), {});
  promoting.join();

  BOOST_TEST(code(result) == ec::none);
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_CASE(is_refused_where_a_follower_keeps_the_folder) {
  source.move_to(one);
  running_follower running{source, options};
  running.heard.await("settled");
  source.move_to(two);

  BOOST_TEST(code(pull_once(source, options.alias, to.path(), 0ms, {}, {}))
             == ec::unavailable);
  BOOST_TEST(shows(one));
}

BOOST_AUTO_TEST_SUITE_END()
