#include "accelerators/cpu/arithmetic.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <iterator>

/// Against the bytes that compressed-tensors itself wrote: see
/// tests/golden/compressed_tensors/generate.py.
namespace trivium::accelerators::test {

namespace {

constexpr uint64_t rows = 16;
constexpr uint64_t columns = 40;

/// One of the golden files; their header is the library's, so a search for the
/// tensor's name and its offsets is all the parsing it needs.
class golden_file {
public:
  explicit golden_file(const std::string& type) {
    std::ifstream file{TRIVIUM_SOURCE_DIR "/tests/golden/compressed_tensors/"
                         + type + ".safetensors",
                       std::ios::binary};
    bytes_.assign(std::istreambuf_iterator<char>{file}, {});
    BOOST_REQUIRE_GT(bytes_.size(), 8u);
    std::memcpy(&header_size_, bytes_.data(), sizeof header_size_);
    header_ = bytes_.substr(8, header_size_);
  }

  [[nodiscard]] std::string tensor(const std::string& name) const {
    const auto entry = header_.find('"' + name + "\":");
    const std::string key = "\"data_offsets\":[";
    const auto offsets = header_.find(key, entry);
    BOOST_REQUIRE(entry != std::string::npos && offsets != std::string::npos);
    size_t digits = 0;
    const auto text = header_.substr(offsets + key.size());
    const auto begin = std::stoull(text, &digits);
    const auto end = std::stoull(text.substr(digits + 1));
    return bytes_.substr(8 + header_size_ + begin, end - begin);
  }

private:
  std::string bytes_;
  std::string header_;
  uint64_t header_size_ = 0;
};

std::string as_bytes(const std::vector<float>& scales, tensor_type type) {
  std::string out;
  for (const float scale : scales) {
    const uint32_t bits = arithmetic::bits_of(scale);
    const uint16_t half = type == tensor_type::f16 ? arithmetic::to_f16(scale)
                                                   : arithmetic::to_bf16(scale);
    if (type == tensor_type::f32)
      out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
    else
      out.append(reinterpret_cast<const char*>(&half), sizeof half);
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(int8_row_ct_equals_the_bytes_of_compressed_tensors,
                     *when_the_level_runs()) {
  for (const auto type : source_types) {
    const golden_file golden{std::string{to_string(type)}};
    const auto weight = golden.tensor("linear.weight");
    std::string values(rows * columns, '\0');
    std::vector<float> scales(rows);
    tile_call call;
    call.action = scheme::int8_row_ct;
    call.source_type = call.scale_type = type;
    call.view = {1, rows, columns};
    call.source = std::as_bytes(std::span{weight});
    call.values = std::as_writable_bytes(std::span{values});
    call.scales = scales;

    const auto outcome = (*device_under_test().open_lane())->run(call);

    BOOST_REQUIRE(outcome);
    BOOST_TEST(!outcome->non_finite);
    BOOST_TEST((values == golden.tensor("expected")), to_string(type));
    BOOST_TEST((as_bytes(scales, type) == golden.tensor("expected_scale")),
               to_string(type));
  }
}

} // namespace trivium::accelerators::test
