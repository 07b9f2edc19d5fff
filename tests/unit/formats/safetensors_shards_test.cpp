#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace trivium::test {

namespace {

/// Two shards of one 2 x 3 weight each, `first.weight` and `second.weight`.
struct sharded_model {
  sharded_model() {
    write(folder / "model-1.safetensors", shard("first.weight"));
    write(folder / "model-2.safetensors", shard("second.weight"));
    write_index(R"("first.weight":"model-1.safetensors",)"
                R"("second.weight":"model-2.safetensors")");
  }

  static std::string shard(const std::string& name) {
    return safetensors_file(
      "{" + safetensors_member(name, "F32", {2, 3}, 0, 24) + "}", ramp_f32(6));
  }

  void write_index(const std::string& weight_map) const {
    write(folder / "model.safetensors.index.json",
          R"({"metadata":{"total_size":48,"made_by":"a test"},)"
          R"("weight_map":{)"
            + weight_map + "}}");
  }

  [[nodiscard]] std::string refusal() const {
    return refusal_of(folder.path());
  }

  temporary_folder folder;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sharded_safetensors, sharded_model)

BOOST_AUTO_TEST_CASE(is_one_model_with_the_index_first) {
  const auto model = opened(folder.path());

  BOOST_TEST(model->tensors().size() == 2u);
  BOOST_TEST(model->files().files[0].path == "model.safetensors.index.json");
}

BOOST_AUTO_TEST_CASE(is_found_by_the_name_of_its_index) {
  BOOST_TEST(opened(folder / "model.safetensors.index.json")->tensors().size()
             == 2u);
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_that_is_missing) {
  std::filesystem::remove(folder / "model-2.safetensors");

  BOOST_TEST(code_of(folder.path()) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(refuses_a_tensor_in_another_shard_than_named) {
  write_index(R"("first.weight":"model-2.safetensors",)"
              R"("second.weight":"model-1.safetensors")");

  BOOST_TEST(holds(refusal(), "lies in model-1.safetensors, the index says "
                              "model-2.safetensors"));
}

BOOST_AUTO_TEST_CASE(refuses_a_tensor_that_the_index_lacks) {
  write(folder / "model-1.safetensors",
        safetensors_file(
          "{" + safetensors_member("first.weight", "F32", {2, 2}, 0, 16) + ","
            + safetensors_member("stowaway", "F32", {2}, 16, 24) + "}",
          ramp_f32(6)));

  BOOST_TEST(holds(refusal(), "the index says nothing of it"));
}

BOOST_AUTO_TEST_CASE(refuses_an_index_that_names_a_tensor_too_many) {
  write_index(R"("first.weight":"model-1.safetensors",)"
              R"("second.weight":"model-2.safetensors",)"
              R"("third.weight":"model-2.safetensors")");

  BOOST_TEST(holds(refusal(), "\"third.weight\" is not in"));
}

BOOST_AUTO_TEST_CASE(refuses_one_tensor_in_two_shards) {
  write(folder / "model-2.safetensors", shard("first.weight"));

  BOOST_TEST(holds(refusal(), "lies in model-2.safetensors"));
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_outside_the_folder) {
  write_index(R"("first.weight":"../model-1.safetensors")");

  BOOST_TEST(holds(refusal(), "stay inside the model's folder"));
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_with_an_absolute_path) {
  write_index(R"("first.weight":"/etc/model-1.safetensors")");

  BOOST_TEST(code_of(folder.path()) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_that_is_no_safetensors_file) {
  write_index(R"("first.weight":"config.json")");

  BOOST_TEST(holds(refusal(), "is no .safetensors file"));
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_that_is_a_link) {
  std::filesystem::rename(folder / "model-2.safetensors", folder / "elsewhere");
  std::filesystem::create_symlink(folder / "elsewhere",
                                  folder / "model-2.safetensors");

  BOOST_TEST(code_of(folder.path()) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(refuses_a_shard_with_two_hard_links) {
  std::filesystem::create_hard_link(folder / "model-2.safetensors",
                                    folder / "second-name");

  BOOST_TEST(code_of(folder.path()) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(refuses_an_index_without_weight_map) {
  write(folder / "model.safetensors.index.json", "{}");

  BOOST_TEST(holds(refusal(), "has no weight_map"));
}

BOOST_AUTO_TEST_CASE(refuses_an_index_that_is_an_array) {
  write(folder / "model.safetensors.index.json", "[]");

  BOOST_TEST(holds(refusal(), "has no weight_map"));
}

BOOST_AUTO_TEST_CASE(is_written_as_shards_with_their_index) {
  const temporary_folder out;
  rewrite(*opened(folder.path()), scheme::int8_row_ct, out.path());

  const auto index = read(out / "model.safetensors.index.json");

  BOOST_TEST(index
             == R"({"metadata":{"total_size":28,"made_by":"a test"},)"
                R"("weight_map":{"first.weight":"model-1.safetensors",)"
                R"("first.weight_scale":"model-1.safetensors",)"
                R"("second.weight":"model-2.safetensors",)"
                R"("second.weight_scale":"model-2.safetensors"}})"
                "\n");
}

BOOST_AUTO_TEST_CASE(opens_again_after_it_was_written) {
  const temporary_folder out;
  rewrite(*opened(folder.path()), scheme::int8_row_ct, out.path());

  BOOST_TEST(opened(out.path())->tensors().size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
