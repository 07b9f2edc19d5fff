#include "messages/values/keys.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace trivium;

namespace {

const model_ref minilm{"team", "minilm"};

digest some_digest() { return digest::parse(std::string(64, 'a')).value(); }

} // namespace

BOOST_AUTO_TEST_SUITE(store_keys)

BOOST_AUTO_TEST_CASE(keys_stand_where_the_design_says) {
  const auto version = semver::parse("1.2.3-rc.1").value();

  BOOST_TEST(keys::metadata(minilm).value() == "models/team/minilm/metadata");
  BOOST_TEST(keys::version(minilm, version).value()
             == "models/team/minilm/versions/1.2.3-rc.1");
  BOOST_TEST(keys::variant(minilm, version, some_digest()).value()
             == "models/team/minilm/versions/1.2.3-rc.1/variants/"
                  + std::string(64, 'a'));
  BOOST_TEST(keys::alias(minilm, "production").value()
             == "models/team/minilm/aliases/production");
  BOOST_TEST(keys::golden(minilm, "lines").value()
             == "models/team/minilm/golden/lines");
  BOOST_TEST(keys::job("j1").value() == "jobs/j1");
}

BOOST_AUTO_TEST_CASE(build_metadata_makes_no_other_version) {
  BOOST_TEST(
    keys::version(minilm, semver::parse("1.0.0+a").value()).value()
    == keys::version(minilm, semver::parse("1.0.0+b").value()).value());
}

BOOST_AUTO_TEST_CASE(no_name_can_leave_its_place) {
  for (const auto* name : {"", "..", "a/b", "a/../b", "a\nb", "\xff"}) {
    BOOST_TEST(!keys::metadata({"team", name}).has_value(), name);
    BOOST_TEST(!keys::metadata({name, "minilm"}).has_value(), name);
    BOOST_TEST(!keys::alias(minilm, name).has_value(), name);
    BOOST_TEST(!keys::golden(minilm, name).has_value(), name);
    BOOST_TEST(!keys::job(name).has_value(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_variant_needs_a_recipe_digest) {
  BOOST_TEST(!keys::variant(minilm, {1, 0, 0, {}, {}}, digest{}).has_value());
}

BOOST_AUTO_TEST_CASE(prefixes_do_not_find_longer_names) {
  BOOST_TEST(keys::model_prefix(minilm)->ends_with("/minilm/"));
  BOOST_TEST(keys::namespace_prefix("team")->ends_with("/team/"));
  BOOST_TEST(keys::versions_prefix(minilm)->ends_with("/versions/"));
  BOOST_TEST(keys::aliases_prefix(minilm)->ends_with("/aliases/"));
}

BOOST_AUTO_TEST_CASE(revisions_order_as_bytes_like_numbers) {
  BOOST_TEST(keys::event(9) < keys::event(10));
  BOOST_TEST(keys::event(10)
             < keys::event(std::numeric_limits<uint64_t>::max()));
  BOOST_TEST(keys::event(7) == "events/00000000000000000007");
}

BOOST_AUTO_TEST_CASE(versions_and_variants_are_told_apart) {
  const semver version{1, 0, 0, {}, {}};
  const auto version_key = keys::version(minilm, version).value();
  const auto variant_key =
    keys::variant(minilm, version, some_digest()).value();

  BOOST_TEST(keys::is_version(version_key));
  BOOST_TEST(!keys::is_version(variant_key));
  BOOST_TEST(keys::is_variant(variant_key));
  BOOST_TEST(!keys::is_variant(version_key));
  for (const auto* key : {"", "models/", "models/a/b/versions/",
                          "models/a/b/aliases/x", "jobs/a/b/versions/1.0.0"}) {
    BOOST_TEST(!keys::is_version(key), key);
    BOOST_TEST(!keys::is_variant(key), key);
  }
}

BOOST_AUTO_TEST_CASE(kinds_go_by_place_not_by_name) {
  const semver version{1, 0, 0, {}, {}};
  for (const auto* name : {"aliases", "versions", "variants", "models"}) {
    for (const auto& model : {model_ref{name, "minilm"},
                              model_ref{"team", name}, model_ref{name, name}}) {
      const auto version_key = keys::version(model, version).value();
      const auto variant_key =
        keys::variant(model, version, some_digest()).value();
      const auto alias_key = keys::alias(model, name).value();
      const auto golden_key = keys::golden(model, name).value();
      const auto kinds = [](const std::string& key) {
        return std::string(keys::is_version(key) ? "version " : "")
               + (keys::is_variant(key) ? "variant " : "")
               + (keys::is_alias(key) ? "alias " : "");
      };

      BOOST_TEST(kinds(version_key) == "version ", version_key);
      BOOST_TEST(kinds(variant_key) == "variant ", variant_key);
      BOOST_TEST(kinds(alias_key) == "alias ", alias_key);
      BOOST_TEST(kinds(golden_key) == "", golden_key);
      BOOST_TEST(kinds(keys::metadata(model).value()) == "");
      BOOST_TEST(kinds(keys::aliases_prefix(model).value()) == "");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
