#include "accelerators/cpu/arithmetic.hpp"
#include "accelerators/cpu/cpu_level.hpp"
#include "tests/unit/accelerators/ggml_decoders.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

namespace trivium::accelerators::test {

namespace {

constexpr uint64_t row = 256; // whole blocks of every type

const std::vector<std::string> names{"q4_0", "q4_k", "q6_k"};

const kernel_table& table_under_test() {
  const auto* const forced = std::getenv("TRIVIUM_CPU_LEVEL");
  const auto level = choose_cpu_level(forced == nullptr ? "" : forced);
  BOOST_REQUIRE(level);
  return kernels(*level);
}

block_kernel kernel_of(const source_kernels& of, const std::string& name) {
  return name == "q4_0" ? of.q4_0 : name == "q4_k" ? of.q4_k : of.q6_k;
}

struct quantized {
  std::vector<uint8_t> bytes;
  uint64_t blocks = 0; ///< That the kernel says it did.
  kernel_sums sums;
};

/// `x` as f32, or its elements as halves.
template <class Element>
quantized quantize(const source_kernels& of, const std::string& name,
                   const std::vector<Element>& x) {
  const auto format = ggml_format_of(name);
  const auto blocks = x.size() / format.elements;
  quantized made;
  made.bytes.resize(blocks * format.bytes);
  made.blocks =
    kernel_of(of, name)(x.data(), blocks, made.bytes.data(), &made.sums);
  return made;
}

std::vector<uint16_t> halves(const std::vector<float>& x,
                             uint16_t (*convert)(float)) {
  std::vector<uint16_t> out;
  for (const auto element : x)
    out.push_back(convert(element));
  return out;
}

std::vector<uint8_t> golden(const std::string& name) {
  std::ifstream file{TRIVIUM_SOURCE_DIR "/tests/golden/ggml_blocks/" + name,
                     std::ios::binary};
  BOOST_REQUIRE_MESSAGE(file, name << " cannot be read");
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<float> golden_input() {
  const auto bytes = golden("input.f32");
  std::vector<float> x(bytes.size() / sizeof(float));
  std::memcpy(x.data(), bytes.data(), bytes.size());
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ggml_blocks, *when_the_level_runs())

BOOST_DATA_TEST_CASE(bytes_equal_ggml, names, name) {
  const auto made = quantize(table_under_test().f32, name, golden_input());
  BOOST_TEST((made.bytes == golden("expected." + name)));
}

BOOST_DATA_TEST_CASE(halves_give_what_their_values_give, names, name) {
  const auto x = varied_elements(row * 40);
  const auto& of = table_under_test();

  const auto f16 = halves(x, arithmetic::to_f16);
  std::vector<float> widened;
  for (const auto half : f16)
    widened.push_back(arithmetic::from_f16(half));
  BOOST_TEST((quantize(of.f16, name, f16).bytes
              == quantize(of.f32, name, widened).bytes));

  const auto bf16 = halves(x, arithmetic::to_bf16);
  widened.clear();
  for (const auto half : bf16)
    widened.push_back(arithmetic::from_bf16(half));
  BOOST_TEST((quantize(of.bf16, name, bf16).bytes
              == quantize(of.f32, name, widened).bytes));
}

BOOST_DATA_TEST_CASE(a_block_is_the_same_wherever_it_stands, names, name) {
  const auto x = varied_elements(row * 9);
  const auto all = quantize(table_under_test().f32, name, x).bytes;
  for (ptrdiff_t first = 0; first < 9; ++first) {
    const auto width = static_cast<ptrdiff_t>(row);
    const auto one =
      quantize(table_under_test().f32, name,
               std::vector<float>{x.begin() + first * width,
                                  x.begin() + (first + 1) * width})
        .bytes;
    const auto size = static_cast<ptrdiff_t>(one.size());
    BOOST_TEST(
      (std::equal(one.begin(), one.end(), all.begin() + first * size)));
  }
}

BOOST_DATA_TEST_CASE(sums_describe_the_bytes, names, name) {
  const auto x = varied_elements(row * 103);
  const auto made = quantize(table_under_test().f32, name, x);
  error_sums sums;
  sums.signal = made.sums.signal;
  sums.noise = made.sums.noise;
  sums.approximation = made.sums.approximation;
  sums.product =
    (made.sums.signal + made.sums.approximation - made.sums.noise) / 2;
  sums.max_error = made.sums.max_error;
  sums.count = x.size();
  require_sums_of(sums, x, decoded(ggml_format_of(name), made.bytes));
}

BOOST_DATA_TEST_CASE(levels_agree_in_bytes_and_sums, names, name) {
  const auto x = varied_elements(row * 301, 7);
  const auto ours = quantize(table_under_test().f32, name, x);
  const auto plain = quantize(kernels(cpu_level::baseline).f32, name, x);

  BOOST_TEST((ours.bytes == plain.bytes));
  BOOST_TEST(std::memcmp(&ours.sums, &plain.sums, sizeof plain.sums) == 0);
}

BOOST_DATA_TEST_CASE(the_first_block_that_is_not_finite_is_told, names, name) {
  const auto elements = ggml_format_of(name).elements;
  for (uint64_t at = 0; at < row * 5; at += 61) {
    auto x = varied_elements(row * 5);
    x[at] = std::numeric_limits<float>::quiet_NaN();
    x.back() = -std::numeric_limits<float>::infinity();
    BOOST_REQUIRE_EQUAL(quantize(table_under_test().f32, name, x).blocks,
                        at / elements);
  }
}

BOOST_DATA_TEST_CASE(a_step_beyond_f16_has_an_infinite_error, names, name) {
  std::vector<float> x(row * 3);
  x[40] = 1e9F;
  BOOST_TEST(quantize(table_under_test().f32, name, x).sums.noise
             == std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test
