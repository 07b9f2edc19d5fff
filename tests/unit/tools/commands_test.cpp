#include "tests/unit/tools/console.hpp"

#include "tools/trivium/repl/command.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trivium;
using namespace trivium::tools::repl;
using calls = std::vector<std::string>;

namespace {

constexpr int wrong_usage = 2;

/// `production` of minilm points at 1.0.0.
void let_production_be_at_1_0_0(test::fake_node& node) {
  alias_record alias;
  alias.model = {"default", "minilm"};
  alias.alias = "production";
  alias.version = {1, 0, 0, {}, {}};
  node.details.aliases.push_back(alias);
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_line, test::console)

BOOST_AUTO_TEST_CASE(without_words_does_nothing) {
  BOOST_TEST(run("") == 0);
  BOOST_TEST(run("  # a comment") == 0);
  BOOST_TEST(node.calls.empty());
}

BOOST_AUTO_TEST_CASE(asks_the_node_what_it_says) {
  BOOST_TEST(run("models mini --limit 3") == 0);
  BOOST_TEST(run("history there/minilm@canary") == 0);
  BOOST_TEST(run("lineage 3f2a9c01b7de") == 0);

  BOOST_TEST(node.calls
               == (calls{"connect default", "models mini 3",
                         "history there/minilm@canary 0",
                         "lineage 3f2a9c01b7de default/ "}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(with_an_unknown_command_names_the_nearest) {
  BOOST_TEST(run("modles") == wrong_usage);
  BOOST_TEST(errors
             == "trivium: unknown command \"modles\", did you mean "
                "\"models\"?\n");
}

BOOST_AUTO_TEST_CASE(with_wrong_options_says_where_help_is) {
  BOOST_TEST(run("models --limits 3") == wrong_usage);
  BOOST_TEST(holds(errors, "see help models"));
  BOOST_TEST(run("promote") == wrong_usage);
  BOOST_TEST(run("promote ''") == wrong_usage);
  BOOST_TEST(run("models 'open") == wrong_usage);
  BOOST_TEST(node.calls.empty());
}

BOOST_AUTO_TEST_CASE(of_which_the_target_is_wrong_does_nothing) {
  BOOST_TEST(run("versions minilm:1.0.0") == 1);
  BOOST_TEST(errors == "trivium: \"minilm:1.0.0\": wanted MODEL\n");
  BOOST_TEST(node.calls.empty());
}

BOOST_AUTO_TEST_CASE(fails_with_the_nodes_error) {
  node.is_there = false;

  BOOST_TEST(run("models") == 1);
  BOOST_TEST(errors == "trivium: no connection to the node\n");
}

BOOST_AUTO_TEST_CASE(for_programs_answers_with_one_line_of_json) {
  BOOST_TEST(run("models --json") == 0);
  BOOST_TEST(printed == "{\"models\":[],\"is_cut\":false}\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(what_cannot_be_taken_back, test::console)

BOOST_AUTO_TEST_CASE(needs_yes_where_nobody_can_be_asked) {
  for (const auto* line :
       {"rollback minilm@production", "cancel job-1", "gc --keep-for '2 h'"}) {
    BOOST_TEST(run(line) == wrong_usage, line);
    BOOST_TEST(holds(errors, " needs --yes: "), errors);
  }
  BOOST_TEST(changes().empty());
}

BOOST_AUTO_TEST_CASE(is_done_with_yes) {
  BOOST_TEST(run("rollback minilm@production --to 42 --yes") == 0);
  BOOST_TEST(run("cancel job-1 --yes") == 0);
  BOOST_TEST(run("gc --keep-for '2 h' --yes") == 0);

  BOOST_TEST(changes()
               == (calls{"rollback default/minilm@production 42",
                         "cancel job-1", "gc 7200"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_done_when_somebody_agrees) {
  somebody_says("y");

  BOOST_TEST(run("cancel job-1") == 0);
  BOOST_TEST(holds(printed, "cancel job job-1? [y/N] "));
  BOOST_TEST(changes() == calls{"cancel job-1"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_left_when_somebody_says_anything_else) {
  for (const auto* said : {"", "n", "what"}) {
    somebody_says(said);
    BOOST_TEST(run("cancel job-1") == 1);
    BOOST_TEST(errors == "trivium: nothing was changed\n");
  }
  BOOST_TEST(changes().empty());
}

BOOST_AUTO_TEST_CASE(is_no_dry_run) {
  BOOST_TEST(run("gc --dry-run") == 0);
  BOOST_TEST(changes() == calls{"gc 86400 dry"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_the_move_of_an_alias_that_stands) {
  let_production_be_at_1_0_0(node);

  BOOST_TEST(run("promote minilm:1.1.0:int8") == wrong_usage);
  BOOST_TEST(holds(errors, "default/minilm@production: move it from 1.0.0 to "
                           "1.1.0 int8?"));
}

BOOST_AUTO_TEST_CASE(is_no_new_alias_and_none_that_stays) {
  let_production_be_at_1_0_0(node);

  BOOST_TEST(run("promote minilm:1.0.0") == 0);
  BOOST_TEST(run("promote minilm:1.1.0:int8 --alias canary --allow-unverified "
                 "--reason 'first look'")
             == 0);
  BOOST_TEST(
    changes()
      == (calls{"promote default/minilm@production 1.0.0 ",
                "promote default/minilm@canary 1.1.0 int8 unverified because "
                "first look"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_registration, test::console)

BOOST_AUTO_TEST_CASE(of_a_uri_stays_where_it_is) {
  BOOST_TEST(run("register s3://models/m --name there/m --version 1.2.0 --ttl "
                 "'5 min' --label team=search")
             == 0);
  BOOST_TEST(printed == "there/m 1.2.0 registered, revision 41, lease 7\n");
  BOOST_TEST(run("register s3://models/m --name m --lease 9") == 0);

  BOOST_TEST(changes()
               == (calls{"register there/m 1.2.0 s3://models/m for 300 lease 0",
                         "register default/m 1.0.0 s3://models/m for 0 lease "
                         "9"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_cannot_be_meant_is_refused_here) {
  for (const auto* line :
       {"register s3://models/m", "register s3://models/m --name m --ttl 5",
        "register s3://models/m --name m --ttl '0 s'",
        "register s3://models/m --name m --label team",
        "register s3://models/m --name m --version 1.2",
        "register rec.onnx --ttl '5 min'", "alias set m@canary 1.2",
        "alias set m 1.2.0", "watch --kind nothing",
        "watch job-1 --model mini"}) {
    BOOST_TEST(run(line) == 1, line);
    BOOST_TEST(errors.starts_with("trivium: "), errors);
  }
  BOOST_TEST(changes().empty());
}

BOOST_AUTO_TEST_CASE(is_listed_with_what_is_left_of_its_lease) {
  registered_version one;
  one.version.model = {"default", "minilm"};
  one.lease = 7;
  one.lease_remaining = std::chrono::seconds{125};
  node.registered.models = {one, one};
  node.registered.models[1].version.model.model = "rec";

  BOOST_TEST(run("registrations mini") == 0);
  BOOST_TEST(holds(printed, "default/minilm"));
  BOOST_TEST(holds(printed, "2 min 05 s"));
  BOOST_TEST(node.calls.back() == "registrations model_id = \"mini*\" ");
  printed.clear();
  BOOST_TEST(run("lease list --json") == 0);
  BOOST_TEST(printed
             == "[{\"lease\":7,\"ttl_seconds\":0,\"remaining_ms\":125000,"
                "\"models\":[{\"namespace\":\"default\",\"model\":"
                "\"minilm\"},{\"namespace\":\"default\",\"model\":"
                "\"rec\"}]}]\n");
}

BOOST_AUTO_TEST_CASE(is_removed_and_let_go_with_consent_alone) {
  for (const auto* line :
       {"unregister minilm", "lease revoke 7", "alias delete minilm@canary"}) {
    BOOST_TEST(run(line) == wrong_usage, line);
    BOOST_TEST(holds(errors, " needs --yes: "), errors);
  }
  BOOST_TEST(changes().empty());
  BOOST_TEST(run("unregister minilm:1.2.0 --yes") == 0);
  BOOST_TEST(run("lease revoke 7 --yes") == 0);
  BOOST_TEST(run("alias delete minilm@canary --yes") == 0);

  BOOST_TEST(changes()
               == (calls{"delete default/minilm 1.2.0", "revoke 7",
                         "no alias default/minilm@canary"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(has_aliases_with_a_weight) {
  BOOST_TEST(run("alias set minilm@canary 1.2.0:int8 --weight 10") == 0);
  BOOST_TEST(run("lease grant '10 min'") == 0);

  BOOST_TEST(changes()
               == (calls{"alias default/minilm@canary 1.2.0 10", "grant 600"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(events_that_are_watched, test::console)

BOOST_AUTO_TEST_CASE(are_shown_until_so_many_have_come) {
  event_record event;
  event.kind = event_kind::alias_moved;
  event.model = {"default", "minilm"};
  event.what = "production → 1.1.0";
  for (event.revision = 4; event.revision < 8; ++event.revision)
    node.events.push_back(event);

  BOOST_TEST(run("watch --model mini --from 4 --count 3") == 0);
  BOOST_TEST(node.calls.back() == "events mini from 4");
  BOOST_TEST(std::count(printed.begin(), printed.end(), '\n') == 3);
  BOOST_TEST(holds(printed, "6  "));
  BOOST_TEST(holds(printed, "production → 1.1.0"));
}

BOOST_AUTO_TEST_CASE(end_with_the_error_that_ended_them) {
  node.events.emplace_back();
  node.end_of_events = {ec::compacted, "events are no longer kept"};

  BOOST_TEST(run("watch --from 1") == 1);
  BOOST_TEST(holds(printed, "version_registered"));
  BOOST_TEST(errors == "trivium: events are no longer kept\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(jobs_that_are_submitted, test::console)

BOOST_AUTO_TEST_CASE(answer_with_their_id_when_detached) {
  node.job.status.record.id = "job-7";

  BOOST_TEST(run("pipeline some/rec.onnx --recipe int8 --golden set --detach")
             == 0);

  BOOST_TEST(printed == "job-7\n");
  BOOST_TEST(changes() == calls{"submit pipeline"},
             boost::test_tools::per_element());
  BOOST_TEST(node.submitted.path.ends_with("/some/rec.onnx"));
  BOOST_TEST(node.submitted.path.starts_with("/"));
  BOOST_TEST(node.submitted.golden.starts_with("/"));
  BOOST_TEST(to_string(node.submitted.model) == "default/rec");
  BOOST_TEST(node.submitted.recipe == "int8");
  BOOST_TEST(holds(node.submitted.recipe_text, "name: int8"));
}

BOOST_AUTO_TEST_CASE(of_a_registered_version_name_it) {
  BOOST_TEST(run("quantize there/minilm:1.2.0 --recipe q8_0 --memory 64MiB "
                 "--shape ids=1,8 --force --detach")
             == 0);

  const auto& sent = node.submitted;
  BOOST_TEST(to_string(sent.model) == "there/minilm");
  BOOST_TEST(sent.version == "1.2.0");
  BOOST_TEST(sent.path == "");
  BOOST_TEST(sent.memory_bytes == uint64_t{64} << 20);
  BOOST_TEST(sent.hints.shapes.at("ids").size() == 2u);
  BOOST_TEST(sent.force);
}

BOOST_AUTO_TEST_CASE(read_a_recipe_file_here) {
  BOOST_TEST(run("pipeline rec.onnx --detach --recipe " TRIVIUM_SOURCE_DIR
                 "/config/recipes/int8.yaml")
             == 0);
  BOOST_TEST(holds(node.submitted.recipe_text, "name: int8"));

  BOOST_TEST(run("pipeline rec.onnx --detach --recipe ./none.yaml") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_console, test::console)

BOOST_AUTO_TEST_CASE(changes_its_namespace_with_a_connection_of_its_own) {
  BOOST_TEST(run("models") == 0);
  BOOST_TEST(run("use research") == 0);

  BOOST_TEST(link.name_space() == "research");
  BOOST_TEST(node.calls.back() == "connect research");
  BOOST_TEST(run("use ../x") == 1);
}

BOOST_AUTO_TEST_CASE(stays_in_its_namespace_when_no_connection_can_be_made) {
  BOOST_TEST(run("models") == 0);
  node.is_there = false;

  BOOST_TEST(run("use research") == 1);
  BOOST_TEST(link.name_space() == "default");
}

BOOST_AUTO_TEST_CASE(leaves_when_somebody_says_so) {
  BOOST_TEST(run("exit") == 0);
  BOOST_TEST(session.leaves);
}

BOOST_AUTO_TEST_CASE(explains_each_command_with_an_example_of_it) {
  std::set<std::string_view> seen;
  for (const auto& command : commands()) {
    BOOST_TEST_CONTEXT(command.name) {
      printed.clear();
      BOOST_TEST(run("help " + std::string{command.name}) == 0);
      BOOST_TEST(holds(printed, command.help));
      BOOST_TEST(holds(printed, "Examples:\n  " + std::string{command.name}));
      BOOST_TEST(seen.insert(command.name).second);
      const auto explained = std::exchange(printed, {});
      BOOST_TEST(run(std::string{command.name} + " --help") == 0);
      BOOST_TEST(printed == explained);
    }
  }
  BOOST_TEST(run("help promot") == 1);
  BOOST_TEST(holds(errors, "did you mean \"promote\"?"));
}

BOOST_AUTO_TEST_CASE(gives_examples_that_its_own_commands_take) {
  node.details.aliases.emplace_back();
  node.job.status.record.state = job_state::done;
  node.end_of_events = {ec::compacted, "no longer kept"};
  for (const auto& command : commands()) {
    std::string_view rest = command.example;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      run(line);
      BOOST_TEST(!holds(errors, "see help"), line << ": " << errors);
      BOOST_TEST(!holds(errors, "wanted "), line << ": " << errors);
    }
  }
}

BOOST_AUTO_TEST_CASE(lists_all_commands) {
  BOOST_TEST(run("help") == 0);
  for (const auto& command : commands())
    BOOST_TEST(holds(printed, "  " + std::string{command.name}));
  BOOST_TEST(holds(printed, "  history MODEL[@ALIAS]  "));
}

BOOST_AUTO_TEST_SUITE_END()
