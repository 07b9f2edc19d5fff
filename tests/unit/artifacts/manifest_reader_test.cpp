#include "messages/values/sha256.hpp"
#include "storage/artifacts/manifest_reader.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using storage::read_manifest;

namespace {

// The worked example of docs/formats/manifest.md.
const std::string example =
  R"({"trivium_manifest":1,"format":"onnx","files":[)"
  R"({"path":"data/w.bin","role":"weights","size":3,"sha256":)"
  R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},)"
  R"({"path":"model.onnx","role":"weights","size":0,"sha256":)"
  R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]})";

/// The example with one thing changed.
std::string with(const std::string& seen, const std::string& instead) {
  auto text = example;
  const auto at = text.find(seen);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, seen.size(), instead);
}

} // namespace

BOOST_AUTO_TEST_SUITE(manifests)

BOOST_AUTO_TEST_CASE(are_read_from_the_documented_example) {
  const auto artifact = must(read_manifest(example));

  BOOST_CHECK(artifact.format == model_format::onnx);
  BOOST_TEST(artifact.files.size() == 2u);
  BOOST_CHECK(
    (artifact.files[0]
     == manifest_entry{"data/w.bin", file_role::weights, 3, sha256("abc")}));
  BOOST_TEST(artifact.canonical() == example);
}

BOOST_AUTO_TEST_CASE(have_the_documented_digest) {
  BOOST_TEST(
    to_string(sha256(example))
    == "73c67d8be3a55a46c939a587fbe8a5064cb4145d43c28ccbb7abdaf8514b3512");
}

BOOST_AUTO_TEST_CASE(in_another_spelling_are_refused) {
  BOOST_TEST(code(read_manifest(example + "\n")) == ec::data_loss);
  BOOST_TEST(code(read_manifest(with(":1,", ": 1,"))) == ec::data_loss);
  BOOST_TEST(code(read_manifest(with("data/w", "data\\/w"))) == ec::data_loss);
  BOOST_TEST(code(read_manifest(with("\"format\"", "\"x\":1,\"format\"")))
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(with_senseless_content_are_refused) {
  const std::string changed[]{
    "",
    "{}",
    "[]",
    "weights",
    std::string(100'000, '['),
    with("manifest\":1", "manifest\":2"),
    with("\"onnx\"", "7"),
    with("\"weights\"", "\"unheard of\""),
    with("\"size\":3", "\"size\":-3"),
    with("\"size\":3", "\"size\":3.5"),
    with("ba7816", "BA7816"),
    with("data/w.bin", "../w.bin"),
    with("data/w.bin", "zzz"),
    with("data/w.bin", "model.onnx"),
    with("data/w.bin", "model.onnx/x"),
  };

  for (const auto& bytes : changed)
    BOOST_TEST(code(read_manifest(bytes)) == ec::data_loss, bytes);
}

BOOST_AUTO_TEST_CASE(cut_anywhere_are_refused) {
  for (size_t size = 0; size < example.size(); ++size)
    BOOST_TEST(code(read_manifest(example.substr(0, size))) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(above_the_limit_are_refused) {
  BOOST_TEST(
    code(read_manifest(std::string(storage::max_manifest_bytes + 1, ' ')))
    == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()
