#include "tools/trivium/repl/completion.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium::tools::repl;

namespace {

using words = std::vector<std::string>;

/// Knows two models; asks nobody.
class known_names : public name_source {
public:
  words models() override { return {"minilm", "llama"}; }
  words versions(const std::string& model) override {
    return model == "minilm" ? words{"1.0.0", "1.1.0"} : words{};
  }
  words variants(const std::string&, const std::string& version) override {
    return version == "1.1.0" ? words{"int8", "q8_0"} : words{};
  }
  words aliases(const std::string& model) override {
    return model == "there/minilm" ? words{"elsewhere"}
                                   : words{"production", "canary"};
  }
  words jobs() override { return {"job-1", "job-2"}; }
  words recipes() override { return {"int8", "q8_0"}; }
  words paths(const std::string& start) override {
    return start.starts_with("models/") ? words{"models/rec lines.onnx"}
                                        : words{"models/"};
  }
};

const std::vector<command_shape> shapes{
  {"models", {{"--limit", "N"}, {"--json", ""}}, {"PREFIX"}, {}},
  {"versions", {}, {"MODEL"}, {}},
  {"show", {}, {"MODEL[:VERSION[:RECIPE]|@ALIAS]"}, {}},
  {"rollback", {{"--to", "REVISION"}, {"--yes", ""}}, {"MODEL@ALIAS"}, {}},
  {"quantize",
   {{"--recipe", "RECIPE"}, {"--force", ""}},
   {"MODEL:VERSION"},
   {}},
  {"register", {}, {"PATH"}, {}},
  {"watch", {}, {"JOB"}, {}},
  {"golden",
   {},
   {},
   {{"record", {{"--out", "PATH"}}, {"PATH"}, {}},
    {"check", {{"--golden", "DIR"}}, {"PATH"}, {}}}},
  {"help", {}, {"COMMAND"}, {}}};

completion completed(std::string_view line) {
  known_names names;
  return complete(line, shapes, names);
}

void check_candidates(std::string_view line, const words& wanted) {
  BOOST_TEST_CONTEXT(line)
  BOOST_TEST(completed(line).candidates == wanted,
             boost::test_tools::per_element());
}

std::string typed_after(std::string_view line) {
  return typed_by(completed(line));
}

} // namespace

BOOST_AUTO_TEST_SUITE(completing)

BOOST_AUTO_TEST_CASE(finds_commands_at_the_start) {
  check_candidates("r", {"register", "rollback"});
  check_candidates("  wat", {"watch"});
  check_candidates("nothing", {});
}

BOOST_AUTO_TEST_CASE(finds_options_of_the_command) {
  check_candidates("models --", {"--json", "--limit"});
  check_candidates("quantize minilm:1.0.0 --f", {"--force"});
  check_candidates("unheard --", {});
}

BOOST_AUTO_TEST_CASE(goes_through_a_target_part_by_part) {
  check_candidates("show min", {"minilm"});
  check_candidates("show minilm:", {"minilm:1.0.0", "minilm:1.1.0"});
  check_candidates("show minilm:1.1.0:i", {"minilm:1.1.0:int8"});
  check_candidates("show minilm@", {"minilm@canary", "minilm@production"});
  check_candidates("show there/minilm@", {"there/minilm@elsewhere"});
}

BOOST_AUTO_TEST_CASE(offers_only_parts_that_the_command_takes) {
  check_candidates("versions minilm:", {});
  check_candidates("rollback minilm:", {});
  check_candidates("quantize minilm@", {});
  check_candidates("quantize minilm:1.1.0:", {});
}

BOOST_AUTO_TEST_CASE(types_the_mark_that_has_to_follow) {
  check_candidates("quantize ", {"llama:", "minilm:"});
  check_candidates("rollback mini", {"minilm@"});
  BOOST_TEST(typed_after("rollback mini") == "lm@");
  BOOST_TEST(typed_after("versions mini") == "lm ");
}

BOOST_AUTO_TEST_CASE(types_no_space_where_a_part_may_follow) {
  BOOST_TEST(typed_after("show mini") == "lm");
  BOOST_TEST(typed_after("show minilm:1.1") == ".0");
  BOOST_TEST(typed_after("show minilm:1.1.0:i") == "nt8 ");
  BOOST_TEST(typed_after("show minilm@c") == "anary ");
}

BOOST_AUTO_TEST_CASE(knows_what_an_option_wants) {
  check_candidates("quantize minilm:1.0.0 --recipe ", {"int8", "q8_0"});
  check_candidates("quantize --force lla", {"llama:"});
  check_candidates("models --limit ", {});
  check_candidates("models --limit 3 l", {"llama"});
}

BOOST_AUTO_TEST_CASE(goes_into_subcommands) {
  check_candidates("golden ", {"check", "record"});
  check_candidates("golden check --", {"--golden"});
  check_candidates("golden record ", {"models/"});
}

BOOST_AUTO_TEST_CASE(finds_jobs_and_commands_by_kind) {
  check_candidates("watch job-", {"job-1", "job-2"});
  check_candidates("help sh", {"show"});
  check_candidates("watch job-1 ", {});
}

BOOST_AUTO_TEST_CASE(types_what_all_candidates_share) {
  BOOST_TEST(typed_after("watch ") == "job-");
  BOOST_TEST(typed_after("watch job-") == "");
  BOOST_TEST(typed_after("sh") == "ow ");
}

BOOST_AUTO_TEST_CASE(escapes_paths_as_they_have_to_be_typed) {
  BOOST_TEST(typed_after("register mod") == "els/");
  BOOST_TEST(typed_after("register models/") == "rec\\ lines.onnx ");
  BOOST_TEST(typed_after("register 'models/r") == "ec lines.onnx' ");
}

BOOST_AUTO_TEST_SUITE_END()
