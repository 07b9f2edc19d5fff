#include "storage/golden/npy.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/golden/golden_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::storage::test;
using namespace trivium::test;

namespace {

constexpr uint64_t no_limit = uint64_t{1} << 40;

std::string little_endian(uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(number >> (8 * i));
  return text;
}

/// A file of version 1.0 with this dictionary, well formed or not.
std::string with_dictionary(const std::string& dictionary,
                            const std::string& values = {}) {
  return std::string{"\x93NUMPY\x01\0", 8}
         + little_endian(dictionary.size() + 1, 2) + dictionary + "\n" + values;
}

struct bench : golden_folder {
  expected<tensor_value> read(std::string_view content,
                              uint64_t limit = no_limit) const {
    return read_npy(**readable_file::open(file("a.npy", content)), limit);
  }

  /// The error's code and its text behind "…/a.npy: ".
  error refusal(std::string_view content, uint64_t limit = no_limit) const {
    auto result = read(content, limit);
    if (result)
      return {ec::none, "was read"};
    auto text = result.error().text;
    const auto name = std::string{"a.npy: "};
    return {result.error().code, text.substr(text.find(name) + name.size())};
  }
};

// Written by numpy 2.4.6: array([[1,2,3],[4,5,6]], '<i2'); array(1.5, '<f4');
// array([True]) as version 2.0; zeros(2) of ml_dtypes.bfloat16.
const std::string numpy_i2 =
  std::string{"\x93NUMPY\x01\0v\0", 10}
  + "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }"
  + std::string(58, ' ') + "\n"
  + std::string{"\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0", 12};
const std::string numpy_scalar =
  std::string{"\x93NUMPY\x01\0v\0", 10}
  + "{'descr': '<f4', 'fortran_order': False, 'shape': (), }"
  + std::string(62, ' ') + "\n" + std::string{"\0\0\xc0?", 4};
const std::string numpy_version_2 =
  std::string{"\x93NUMPY\x02\0t\0\0\0", 12}
  + "{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }"
  + std::string(58, ' ') + "\n\x01";
const std::string numpy_bf16 =
  std::string{"\x93NUMPY\x01\0v\0", 10}
  + "{'descr': '<V2', 'fortran_order': False, 'shape': (2,), }"
  + std::string(60, ' ') + "\n" + std::string(4, '\0');

constexpr tensor_type every_type[] = {
  tensor_type::f64,    tensor_type::f32, tensor_type::f16, tensor_type::bf16,
  tensor_type::i64,    tensor_type::i32, tensor_type::i16, tensor_type::i8,
  tensor_type::u64,    tensor_type::u32, tensor_type::u16, tensor_type::u8,
  tensor_type::boolean};

} // namespace

namespace trivium {
std::ostream& boost_test_print_type(std::ostream& out, tensor_type type) {
  return out << to_string(type);
}
} // namespace trivium

BOOST_FIXTURE_TEST_SUITE(reading_npy, bench)

BOOST_AUTO_TEST_CASE(reads_what_numpy_wrote) {
  const auto array = read(numpy_i2);

  BOOST_REQUIRE_MESSAGE(array, text(array));
  BOOST_TEST((array->type == tensor_type::i16));
  BOOST_TEST((array->shape == tensor_shape{2, 3}));
  BOOST_TEST(
    (array->bytes
     == tensor<int16_t>("", tensor_type::i16, {6}, {1, 2, 3, 4, 5, 6}).bytes));
}

BOOST_AUTO_TEST_CASE(reads_a_scalar) {
  const auto array = read(numpy_scalar);

  BOOST_REQUIRE_MESSAGE(array, text(array));
  BOOST_TEST(array->shape.empty());
  BOOST_TEST(
    (array->bytes == tensor<float>("", tensor_type::f32, {}, {1.5F}).bytes));
}

BOOST_AUTO_TEST_CASE(reads_version_2) {
  const auto array = read(numpy_version_2);

  BOOST_REQUIRE_MESSAGE(array, text(array));
  BOOST_TEST((array->type == tensor_type::boolean));
}

BOOST_AUTO_TEST_CASE(takes_two_void_bytes_for_bf16) {
  const auto array = read(numpy_bf16);

  BOOST_REQUIRE_MESSAGE(array, text(array));
  BOOST_TEST((array->type == tensor_type::bf16));
}

BOOST_DATA_TEST_CASE_F(bench, reads_back_every_type_it_writes,
                       boost::unit_test::data::make(every_type), type) {
  tensor_value array{"", type, {2, 1}, {}};
  array.bytes.assign(2 * geometry(type).bytes, std::byte{1});

  const auto written = write_npy(path() / "b.npy", array);

  BOOST_REQUIRE_MESSAGE(written, text(written));
  const auto read_back =
    read_npy(**readable_file::open(path() / "b.npy"), no_limit);
  BOOST_REQUIRE_MESSAGE(read_back, text(read_back));
  BOOST_TEST((read_back->type == type));
  BOOST_TEST((read_back->shape == array.shape));
  BOOST_TEST((read_back->bytes == array.bytes));
}

BOOST_AUTO_TEST_CASE(aligns_the_values_it_writes) {
  const auto header = npy_header_text(tensor_type::f32, {3});

  BOOST_REQUIRE(header);
  BOOST_TEST(header->size() % 64 == 0);
  BOOST_TEST(header->find("'shape': (3,), }") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_no_array_whose_bytes_do_not_fit) {
  auto array = tensor<float>("", tensor_type::f32, {2}, {1});

  BOOST_TEST(code(write_npy(path() / "b.npy", array)) == ec::invalid_argument);
  BOOST_TEST(!std::filesystem::exists(path() / "b.npy"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(refusing_npy, bench)

BOOST_AUTO_TEST_CASE(that_ends_at_any_byte) {
  for (size_t size = 0; size < numpy_i2.size(); ++size)
    BOOST_TEST(!read(numpy_i2.substr(0, size)).has_value(), size);
}

BOOST_AUTO_TEST_CASE(that_goes_on_after_its_values) {
  BOOST_TEST(refusal(numpy_i2 + "x")
             == (error{ec::invalid_argument,
                       "npy: shape [2, 3] of i16 has 12 bytes, 13 follow the "
                       "header"}));
}

BOOST_AUTO_TEST_CASE(with_another_magic) {
  BOOST_TEST(
    refusal("PK\x03\x04 this is an npz file")
    == (error{ec::invalid_argument,
              "npy: no .npy file: it does not start with \\x93NUMPY"}));
}

BOOST_AUTO_TEST_CASE(of_a_later_version) {
  BOOST_TEST(
    refusal(std::string{"\x93NUMPY\x03\0t\0\0\0", 12})
    == (error{ec::unsupported, "npy: version 3.0, 1.0 and 2.0 are read"}));
}

BOOST_AUTO_TEST_CASE(with_a_huge_header) {
  BOOST_TEST(refusal(std::string{"\x93NUMPY\x02\0\xff\xff\xff\xff", 12})
             == (error{ec::invalid_argument,
                       "npy: header of 4294967295 bytes, at most 65536 are "
                       "read"}));
}

BOOST_AUTO_TEST_CASE(with_a_header_longer_than_the_file) {
  BOOST_TEST(refusal(std::string{"\x93NUMPY\x01\0\xff\0{}", 12})
             == (error{ec::invalid_argument,
                       "npy: header of 265 bytes, the file has 12"}));
}

BOOST_AUTO_TEST_CASE(in_fortran_order) {
  BOOST_TEST(refusal(with_dictionary(
               "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }"))
             == (error{ec::unsupported,
                       "npy: Fortran order; save numpy.ascontiguousarray(x)"}));
}

BOOST_AUTO_TEST_CASE(of_big_endian_values) {
  BOOST_TEST(refusal(with_dictionary(
               "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }"))
             == (error{ec::unsupported,
                       "npy: type '>f4' is big endian, little endian wanted"}));
}

BOOST_AUTO_TEST_CASE(of_python_objects) {
  BOOST_TEST(refusal(with_dictionary(
               "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"))
             == (error{ec::unsupported, "npy: type '|O' is not known"}));
}

BOOST_AUTO_TEST_CASE(of_structured_values) {
  BOOST_TEST(
    refusal(with_dictionary("{'descr': [('a', '<f4')], 'fortran_order': "
                            "False, 'shape': (1,), }"))
    == (error{ec::unsupported, "npy: descr is no plain type such as '<f4'"}));
}

BOOST_AUTO_TEST_CASE(whose_shape_product_wraps) {
  const auto refused =
    refusal(with_dictionary("{'descr': '<f4', 'fortran_order': False, 'shape': "
                            "(4294967296, 4294967296), }"));

  BOOST_TEST(refused.code == ec::invalid_argument, refused.text);
}

BOOST_AUTO_TEST_CASE(whose_byte_count_wraps) {
  const auto refused =
    refusal(with_dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': "
                            "(2305843009213693952,), }"));

  BOOST_TEST(refused.code == ec::invalid_argument, refused.text);
}

BOOST_AUTO_TEST_CASE(above_the_limit) {
  BOOST_TEST(refusal(numpy_i2, 11).code == ec::resource_exhausted);
}

BOOST_DATA_TEST_CASE_F(
  bench, whose_dictionary_is_not_numpys_own,
  boost::unit_test::data::make({
    "",
    "{}",
    "{'descr': '<f4'}",
    "[1, 2]",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0x1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1L,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': "
    "(99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} 1",
    "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
    "{'descr': '<f4\\'', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
  }),
  dictionary) {
  BOOST_TEST(!read(with_dictionary(dictionary, "1234")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
