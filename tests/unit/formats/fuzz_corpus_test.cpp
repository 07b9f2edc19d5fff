#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include "storage/formats/safetensors/model_config.hpp"
#include "storage/formats/safetensors/shard_index.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>

// Every input that a fuzzer found, and its seeds: tests/fuzz.

namespace trivium::test {

namespace {

namespace fs = std::filesystem;

struct corpus {
  model_format format;
  const char* folder;
};

std::ostream& operator<<(std::ostream& out, const corpus& c) {
  return out << c.folder;
}

constexpr std::array corpora{corpus{model_format::safetensors, "safetensors"},
                             corpus{model_format::gguf, "gguf"}};

/// Text of the error, or "opened".
std::string outcome_of(const fs::path& path, model_format format) {
  auto bytes = storage::readable_file::open(path);
  if (!bytes)
    return {};
  storage::model_files files;
  files.format = format;
  files.files.push_back(
    {path.filename().string(), file_role::weights, *std::move(bytes)});
  const auto model = storage::open_model(std::move(files));
  return model ? "opened" : model.error().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fuzz_corpus)

BOOST_DATA_TEST_CASE(ends_in_a_model_or_a_reason,
                     boost::unit_test::data::make(corpora), corpus) {
  const fs::path folder =
    std::string{TRIVIUM_SOURCE_DIR "/tests/fuzz/corpus/"} + corpus.folder;
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator{folder}) {
    BOOST_TEST(!outcome_of(entry.path(), corpus.format).empty(),
               entry.path().filename());
    ++files;
  }
  BOOST_TEST(files > 0u);
}

BOOST_AUTO_TEST_CASE(of_json_ends_in_a_value_or_a_reason) {
  const fs::path folder = TRIVIUM_SOURCE_DIR "/tests/fuzz/corpus/safetensors";
  for (const auto& entry : fs::directory_iterator{folder}) {
    const auto text = read(entry.path());
    const auto index = storage::read_shard_index(text);
    const auto config = storage::with_quantization_config(text, "{}");
    BOOST_TEST((index || !index.error().text.empty()));
    BOOST_TEST((config || !config.error().text.empty()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
