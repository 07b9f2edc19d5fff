#include "actors/domain/model_naming.hpp"
#include "messages/values/names.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <vector>

using namespace trivium;
using namespace trivium::domain;

namespace {

semver version(std::string_view text) { return semver::parse(text).value(); }

std::string next(std::string_view wanted, const std::vector<semver>& taken) {
  return to_string(next_free_version(version(wanted), taken));
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_naming)

BOOST_AUTO_TEST_CASE(a_file_gives_its_stem) {
  BOOST_TEST(default_model_name("/models/PP-OCRv6_rec.onnx") == "PP-OCRv6_rec");
  BOOST_TEST(default_model_name("llama-3.2.gguf") == "llama-3.2");
}

BOOST_AUTO_TEST_CASE(a_folder_gives_its_name) {
  BOOST_TEST(default_model_name("/models/minilm") == "minilm");
  BOOST_TEST(default_model_name("/models/minilm/") == "minilm");
}

BOOST_AUTO_TEST_CASE(shards_and_their_index_share_a_name) {
  BOOST_TEST(default_model_name("m-00001-of-00002.safetensors") == "m");
  BOOST_TEST(default_model_name("m.safetensors.index.json") == "m");
  BOOST_TEST(default_model_name("m-00001-of-0000x.safetensors")
             == "m-00001-of-0000x");
}

BOOST_AUTO_TEST_CASE(every_default_is_a_valid_name) {
  for (const auto* path :
       {"", "/", ".", "..", "...", "a/..", "-.onnx", ".onnx", "..onnx",
        "mein modell (1).onnx", "\x01\x02.gguf", "模型.onnx", "a..b.onnx"})
    BOOST_TEST(check_name("name", default_model_name(path)).has_value(),
               "path \"" << path << "\" gives \"" << default_model_name(path)
                         << "\"");
}

BOOST_AUTO_TEST_CASE(an_overlong_stem_is_cut) {
  BOOST_TEST(default_model_name(std::string(300, 'a') + ".onnx").size()
             == max_name_bytes);
}

BOOST_AUTO_TEST_CASE(the_next_patch_is_offered) {
  BOOST_TEST(next("1.0.0", {version("1.0.0")}) == "1.0.1");
}

BOOST_AUTO_TEST_CASE(taken_patches_are_skipped) {
  BOOST_TEST(next("1.0.0", {version("1.0.0"), version("1.0.1"),
                            version("1.0.7"), version("2.0.0")})
             == "1.0.8");
}

BOOST_AUTO_TEST_CASE(other_release_lines_do_not_count) {
  BOOST_TEST(next("1.0.0", {version("1.1.5"), version("0.9.9")}) == "1.0.1");
}

BOOST_AUTO_TEST_CASE(a_full_release_line_goes_on_in_the_next) {
  const semver last{1, 0, std::numeric_limits<uint64_t>::max(), {}, {}};

  BOOST_TEST(to_string(next_free_version(last, {})) == "1.1.1");
}

BOOST_AUTO_TEST_SUITE_END()
