#include "messages/values/keys.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;

namespace {

const model_ref minilm{"default", "minilm"};
const auto recipe = must(digest::parse(std::string(64, 'a')));

semver parsed(const std::string& text) { return must(semver::parse(text)); }

} // namespace

BOOST_AUTO_TEST_SUITE(key_names)

BOOST_AUTO_TEST_CASE(are_those_of_the_design) {
  const auto version = parsed("1.2.0-rc.1");

  BOOST_TEST(must(keys::metadata(minilm)) == "models/default/minilm/metadata");
  BOOST_TEST(must(keys::version(minilm, version))
             == "models/default/minilm/versions/1.2.0-rc.1");
  BOOST_TEST(must(keys::variant(minilm, version, recipe))
             == "models/default/minilm/versions/1.2.0-rc.1/variants/"
                  + std::string(64, 'a'));
  BOOST_TEST(must(keys::alias(minilm, "production"))
             == "models/default/minilm/aliases/production");
  BOOST_TEST(must(keys::golden(minilm, "lines"))
             == "models/default/minilm/golden/lines");
  BOOST_TEST(must(keys::job("j-1")) == "jobs/j-1");
  BOOST_TEST(keys::event(42) == "events/00000000000000000042");
}

BOOST_AUTO_TEST_CASE(leave_build_metadata_out) {
  BOOST_TEST(must(keys::version(minilm, parsed("1.0.0+linux")))
             == must(keys::version(minilm, parsed("1.0.0"))));
}

BOOST_AUTO_TEST_CASE(refuse_parts_that_would_be_other_keys) {
  for (const auto* name : {"", "a/b", "..", "a..b", ".a", "a\n", "ä", "a b"}) {
    BOOST_TEST(code(keys::model_prefix({"default", name}))
               == ec::invalid_argument);
    BOOST_TEST(code(keys::model_prefix({name, "minilm"}))
               == ec::invalid_argument);
    BOOST_TEST(code(keys::alias(minilm, name)) == ec::invalid_argument);
    BOOST_TEST(code(keys::golden(minilm, name)) == ec::invalid_argument);
    BOOST_TEST(code(keys::job(name)) == ec::invalid_argument);
  }
  BOOST_TEST(code(keys::job(std::string(max_name_bytes + 1, 'j')))
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuse_a_variant_without_a_recipe) {
  BOOST_TEST(code(keys::variant(minilm, parsed("1.0.0"), {}))
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(of_models_that_start_alike_do_not_mix) {
  const auto prefix = must(keys::model_prefix({"default", "min"}));

  BOOST_TEST(must(keys::metadata(minilm)).find(prefix) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_events_order_as_numbers) {
  BOOST_TEST(keys::event(9) < keys::event(10));
  BOOST_TEST(keys::event(~uint64_t{0}) == "events/18446744073709551615");
}

BOOST_AUTO_TEST_CASE(tell_versions_from_variants) {
  const auto version = must(keys::version(minilm, parsed("1.0.0")));
  const auto variant = must(keys::variant(minilm, parsed("1.0.0"), recipe));

  BOOST_TEST(keys::is_version(version));
  BOOST_TEST(!keys::is_variant(version));
  BOOST_TEST(keys::is_variant(variant));
  BOOST_TEST(!keys::is_version(variant));
  for (const auto* other :
       {"models/default/minilm/versions/", "models/default/minilm/metadata",
        "models/default/versions/1.0.0", "jobs/versions/1", "models/a", ""})
    BOOST_TEST((!keys::is_version(other) && !keys::is_variant(other)), other);
}

BOOST_AUTO_TEST_SUITE_END()
