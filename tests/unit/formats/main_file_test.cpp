#include "storage/formats/main_file.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace trivium::test {

namespace {

using namespace std::string_literals;
using namespace storage;

std::string field(int number, const std::string& content) {
  BOOST_REQUIRE(content.size() < 128);
  return static_cast<char>(number << 3 | 2)
         + (static_cast<char>(content.size()) + content);
}

/// A model whose only tensor lies in the file `data`, if that is not empty.
std::string onnx_model(const std::string& data) {
  const auto entry = field(1, "location") + field(2, data);
  const auto tensor =
    "\x10\x01"s + field(8, "w") + field(13, entry) + "\x70\x01";
  return "\x08\x08"s + field(7, data.empty() ? "" : field(5, tensor))
         + field(8, "\x10\x11");
}

const std::string shard = safetensors_file(
  "{" + safetensors_member("a.weight", "F32", {2, 3}, 0, 24) + "}",
  ramp_f32(6));

const std::string shard_index =
  R"({"weight_map":{"a.weight":"m-1.safetensors"}})";

struct fixture {
  void add(const std::string& path, const std::string& bytes,
           file_role role = file_role::weights) {
    write(folder / path, bytes);
    model.files.push_back(
      {path, role, must(readable_file::open(folder / path))});
  }

  /// The file that opens the model as a store gives it, sorted by path.
  std::string opens_as() {
    auto sorted = model;
    std::sort(sorted.files.begin(), sorted.files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    if (const auto done = bring_main_file_first(sorted); !done)
      return done.error().text;
    BOOST_TEST(sorted.files.size() == model.files.size());
    return sorted.files.front().path;
  }

  temporary_folder folder;
  model_files model{model_format::onnx, {}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(main_files, fixture)

BOOST_AUTO_TEST_CASE(is_not_the_data_that_is_a_model_too) {
  add("model.onnx", onnx_model("a.bin"));
  add("a.bin", onnx_model(""));

  BOOST_TEST(opens_as() == "model.onnx");
}

BOOST_AUTO_TEST_CASE(lies_at_the_top) {
  add("model.onnx", onnx_model("d/a.onnx"));
  add("d/a.onnx", onnx_model("model.onnx"));

  BOOST_TEST(opens_as() == "model.onnx");
}

BOOST_AUTO_TEST_CASE(is_no_configuration) {
  model.format = model_format::safetensors;
  add("config.json", shard, file_role::config);
  add("m.safetensors", shard);

  BOOST_TEST(opens_as() == "m.safetensors");
}

BOOST_AUTO_TEST_CASE(is_the_index_before_its_shard) {
  model.format = model_format::safetensors;
  add("m-1.safetensors", shard);
  add("m.safetensors.index.json", shard_index);

  BOOST_TEST(opens_as() == "m.safetensors.index.json");
}

BOOST_AUTO_TEST_CASE(is_not_guessed_between_two) {
  add("a.onnx", onnx_model("b.onnx"));
  add("b.onnx", onnx_model("a.onnx"));

  BOOST_TEST(opens_as()
             == "a.onnx and b.onnx name each other as data: either could be "
                "the model");
  BOOST_TEST(code(discover_model(folder / "a.onnx")) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(is_missed_when_files_belong_to_nothing) {
  add("a.onnx", onnx_model(""));
  add("b.onnx", onnx_model(""));

  BOOST_TEST(opens_as()
             == "no file of the artifact opens the onnx model with all of its "
                "files");
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_be_read) {
  add("a.bin", onnx_model(""));
  add("model.onnx", "\x08\x08\x3a\x04\x2a\x63zz"s);

  BOOST_TEST(opens_as().substr(0, 12) == "onnx: offset");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
