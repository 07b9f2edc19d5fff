#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

// Golden files: tests/golden/compressed_tensors/generate.py, versions.json.

namespace trivium::test {

namespace {

constexpr std::array<const char*, 3> types{"f32", "bf16", "f16"};

/// One golden file, quantized by us and read back.
struct rewritten {
  explicit rewritten(const std::string& type) {
    golden =
      opened(std::string{TRIVIUM_SOURCE_DIR "/tests/golden/compressed_tensors/"}
             + type + ".safetensors");
    rewrite(*golden, scheme::int8_row_ct, folder.path());
    ours = opened(folder.path());
  }

  temporary_folder folder;
  std::unique_ptr<storage::model_source> golden;
  std::unique_ptr<storage::model_source> ours;
};

} // namespace

BOOST_AUTO_TEST_SUITE(golden_compressed_tensors)

BOOST_DATA_TEST_CASE(values_are_those_of_the_library,
                     boost::unit_test::data::make(types), type) {
  const rewritten files{type};

  BOOST_TEST((bytes_of(*files.ours, "linear.weight")
              == bytes_of(*files.golden, "expected")));
}

BOOST_DATA_TEST_CASE(scales_are_those_of_the_library,
                     boost::unit_test::data::make(types), type) {
  const rewritten files{type};

  BOOST_TEST((bytes_of(*files.ours, "linear.weight_scale")
              == bytes_of(*files.golden, "expected_scale")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
