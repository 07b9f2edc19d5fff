#include "messages/values/tensor_type.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;

namespace {

constexpr uint64_t two_to(int power) { return uint64_t{1} << power; }

expected<uint64_t> elements(const tensor_shape& shape) {
  return element_count(shape);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tensor_types)

BOOST_AUTO_TEST_CASE(every_type_has_its_own_name) {
  for (int i = 0; i <= static_cast<int>(tensor_type::opaque); ++i) {
    const auto type = static_cast<tensor_type>(i);
    BOOST_TEST((tensor_type_from(to_string(type)) == type), to_string(type));
  }
  BOOST_TEST((tensor_type_from("f8") == tensor_type::unknown));
  BOOST_TEST((tensor_type_from("") == tensor_type::unknown));
}

BOOST_AUTO_TEST_CASE(a_number_that_is_no_type_is_unknown) {
  BOOST_TEST(to_string(static_cast<tensor_type>(250)) == "unknown");
  BOOST_TEST(geometry(static_cast<tensor_type>(250)).bytes == 0u);
}

BOOST_AUTO_TEST_CASE(only_float_weights_are_sources) {
  for (int i = 0; i <= static_cast<int>(tensor_type::opaque); ++i) {
    const auto type = static_cast<tensor_type>(i);
    const auto is_source = type == tensor_type::f32 || type == tensor_type::f16
                           || type == tensor_type::bf16;
    BOOST_TEST(is_quantizable_source(type) == is_source, to_string(type));
  }
}

BOOST_AUTO_TEST_CASE(elements_are_the_product_of_the_shape) {
  BOOST_TEST(elements({}).value() == 1u);
  BOOST_TEST(elements({3, 4, 5}).value() == 60u);
  BOOST_TEST(elements({3, 0, 5}).value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_product_beyond_63_bits_is_refused) {
  BOOST_TEST(elements({two_to(62)}).has_value());
  BOOST_TEST(!elements({two_to(63)}).has_value());
  BOOST_TEST(!elements({two_to(32), two_to(32)}).has_value());
  BOOST_TEST(!elements({two_to(32), two_to(31)}).has_value());
  BOOST_TEST(!elements({UINT64_MAX, UINT64_MAX}).has_value());
  BOOST_TEST(!elements({two_to(40), two_to(40), 0}).has_value());
}

BOOST_AUTO_TEST_CASE(sizes_follow_the_block) {
  BOOST_TEST(size_bytes(tensor_type::f32, 3).value() == 12u);
  BOOST_TEST(size_bytes(tensor_type::bf16, 3).value() == 6u);
  BOOST_TEST(size_bytes(tensor_type::q8_0, 64).value() == 68u);
  BOOST_TEST(size_bytes(tensor_type::f64, 0).value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cut_block_is_refused) {
  BOOST_TEST(!size_bytes(tensor_type::q8_0, 33).has_value());
}

BOOST_AUTO_TEST_CASE(bytes_beyond_63_bits_are_refused) {
  // CVE-2026-33298: the product of the dimensions fits, the bytes do not.
  BOOST_TEST(!size_bytes(tensor_type::f32, two_to(62)).has_value());
  BOOST_TEST(!size_bytes(tensor_type::f32, two_to(61)).has_value());
  BOOST_TEST(size_bytes(tensor_type::f32, two_to(60)).has_value());
}

BOOST_AUTO_TEST_CASE(a_type_of_unknown_size_has_no_bytes) {
  BOOST_TEST(!size_bytes(tensor_type::opaque, 1).has_value());
  BOOST_TEST(!size_bytes(tensor_type::unknown, 1).has_value());
}

BOOST_AUTO_TEST_CASE(shapes_are_shown_as_lists) {
  BOOST_TEST(to_string(tensor_shape{768, 3072}) == "[768, 3072]");
  BOOST_TEST(to_string(tensor_shape{}) == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
