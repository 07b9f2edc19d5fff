#include "messages/values/sha256.hpp"
#include "messages/wire/registrations.hpp"
#include "tests/support/expected_checks.hpp"

#include <functional>
#include <string>

using namespace trivium;
using namespace trivium::test;

namespace {

v1::ModelVersion a_told_version() {
  v1::ModelVersion told;
  told.set_namespace_("team");
  told.set_model_id("minilm");
  told.set_version("1.2.0");
  told.set_storage_uri("s3://models/minilm");
  told.set_artifact_sha256(to_string(sha256("artifact")));
  told.set_format(v1::MODEL_FORMAT_GGUF);
  told.set_state(v1::VERSION_STATE_RETIRED);
  told.set_size_bytes(5);
  (*told.mutable_labels())["team"] = "search";
  told.set_subject("grpc:127.0.0.1");
  told.set_registered_at(6);
  told.set_create_revision(7);
  told.set_mod_revision(8);
  told.set_lease_id(9);
  told.set_ttl_seconds(10);
  told.set_version_revision(11);
  told.set_lease_remaining_ms(12);
  told.set_revision(13);
  told.set_consistency(v1::CONSISTENCY_CACHED);
  auto& alias = *told.mutable_alias();
  alias.set_namespace_("team");
  alias.set_model_id("minilm");
  alias.set_alias("canary");
  alias.set_version("1.2.0");
  alias.set_recipe_digest(to_string(sha256("recipe")));
  alias.set_weight(14);
  alias.set_reason("why");
  alias.set_mod_revision(15);
  return told;
}

/// The code of an answer that one change made wrong.
ec code_after(const std::function<void(v1::ModelVersion&)>& change) {
  auto told = a_told_version();
  change(told);
  return code(from_wire(told));
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_answer_of_the_registry)

BOOST_AUTO_TEST_CASE(of_a_version_is_read_whole) {
  const auto found = must(from_wire(a_told_version()));

  const auto& version = found.version;
  BOOST_TEST(to_string(version.model) == "team/minilm");
  BOOST_TEST(to_string(version.version) == "1.2.0");
  BOOST_TEST(version.storage_uri == "s3://models/minilm");
  BOOST_CHECK(version.artifact == sha256("artifact"));
  BOOST_CHECK(version.format == model_format::gguf);
  BOOST_CHECK(version.state == version_state::retired);
  BOOST_TEST(version.size_bytes == 5u);
  BOOST_TEST(version.labels.at("team") == "search");
  BOOST_TEST(version.subject == "grpc:127.0.0.1");
  BOOST_TEST(version.registered_at == 6);
  BOOST_TEST(found.created == 7u);
  BOOST_TEST(found.modified == 8u);
  BOOST_TEST(found.lease == 9u);
  BOOST_TEST(found.ttl_seconds == 10);
  BOOST_TEST(found.version_modified == 11u);
  BOOST_TEST(found.lease_remaining.count() == 12);
  BOOST_TEST(found.at == 13u);
  BOOST_CHECK(found.given == consistency::cached);
  const auto& alias = found.alias.value();
  BOOST_TEST(alias.alias == "canary");
  BOOST_CHECK(alias.recipe_digest == sha256("recipe"));
  BOOST_TEST(!alias.artifact.is_set());
  BOOST_TEST(alias.weight == 14u);
  BOOST_TEST(alias.reason == "why");
  BOOST_TEST(found.alias_modified == 15u);
}

BOOST_AUTO_TEST_CASE(that_breaks_a_rule_is_refused) {
  BOOST_CHECK(code_after([](auto& told) { told.set_version("1.2"); })
              == ec::data_loss);
  BOOST_CHECK(code_after([](auto& told) { told.set_model_id("../x"); })
              == ec::data_loss);
  BOOST_CHECK(code_after([](auto& told) { told.set_artifact_sha256("abc"); })
              == ec::data_loss);
  BOOST_CHECK(code_after([](auto& told) {
                told.mutable_alias()->set_recipe_digest("xyz");
              })
              == ec::data_loss);
  BOOST_CHECK(code_after([](auto& told) { told.clear_state(); })
              == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_newer_node_is_told_from_a_broken_one) {
  BOOST_CHECK(code_after([](auto& told) {
                told.set_state(static_cast<v1::VersionState>(99));
              })
              == ec::unsupported);
  BOOST_CHECK(code_after([](auto& told) {
                told.set_format(static_cast<v1::ModelFormat>(99));
              })
              == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(that_lists_reads_each) {
  v1::ListRegistrationsResponse told;
  *told.add_models() = a_told_version();
  *told.add_models() = a_told_version();
  told.set_next_page_token("13.minilm");
  told.set_revision(13);

  const auto list = must(from_wire(told));
  BOOST_TEST(list.models.size() == 2u);
  BOOST_TEST(list.next_page_token == "13.minilm");
  BOOST_TEST(list.at == 13u);
  told.mutable_models(1)->set_version("");
  BOOST_CHECK(code(from_wire(told)) == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_request_of_the_registry)

BOOST_AUTO_TEST_CASE(of_a_version_says_which_and_when) {
  version_query query{{"team", "minilm"}};
  BOOST_TEST(to_wire(query).which_case()
             == v1::GetModelVersionRequest::WHICH_NOT_SET);
  query.version = "1.2.0";
  query.at = 7;
  const auto by_version = to_wire(query);
  query.alias = "production";
  query.at_time = 8;
  const auto by_alias = to_wire(query);

  BOOST_TEST(by_version.version() == "1.2.0");
  BOOST_TEST(by_version.at_revision() == 7u);
  BOOST_TEST(by_alias.alias() == "production");
  BOOST_TEST(by_alias.at_time() == 8);
}

BOOST_AUTO_TEST_CASE(to_register_says_for_how_long_also_for_ever) {
  register_model wanted;
  wanted.model = {"team", "minilm"};
  wanted.lease = 5;
  const auto request = to_wire(wanted);

  BOOST_TEST(request.has_ttl_seconds());
  BOOST_TEST(request.ttl_seconds() == 0);
  BOOST_TEST(request.lease_id() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
