#include "tests/support/expected_checks.hpp"
#include "tests/unit/formats_onnx/made_model.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::test;

namespace {

using ::onnx::TensorProto;

/// A model whose only point is a tensor called t.
made_model holder() {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.node("Identity", {"x"}, "y");
  return model;
}

std::string bytes_of(const tensor_info& tensor) {
  BOOST_REQUIRE(tensor.held);
  return {reinterpret_cast<const char*>(tensor.held->data()),
          tensor.held->size()};
}

std::string refused_tensor(const TensorProto& tensor) {
  auto model = holder();
  *model.graph.add_initializer() = tensor;
  model.graph.mutable_initializer(0)->set_name("t");
  return refusal(model);
}

TensorProto typed(int32_t data_type, const dims& shape) {
  TensorProto tensor;
  tensor.set_data_type(data_type);
  for (const auto dimension : shape)
    tensor.add_dims(dimension);
  return tensor;
}

constexpr auto f16 = TensorProto::FLOAT16;

} // namespace

BOOST_AUTO_TEST_SUITE(tensor_data)

BOOST_AUTO_TEST_CASE(tells_where_large_raw_data_stands) {
  auto model = holder();
  model.tensor("t", TensorProto::FLOAT, {300}, 1200, 'q');

  const auto source = opened(model);

  const auto& tensor = tensor_named(*source, "t");
  std::vector<std::byte> scratch;
  const auto seen = must(source->files().files[0].bytes->view(
    tensor.where.offset, tensor.where.size, scratch));
  BOOST_TEST(!tensor.held);
  BOOST_TEST(seen.size() == 1200);
  BOOST_TEST(std::to_integer<char>(seen.front()) == 'q');
  BOOST_TEST(std::to_integer<char>(seen.back()) == 'q');
}

BOOST_AUTO_TEST_CASE(holds_small_raw_data) {
  auto model = holder();
  model.tensor("t", TensorProto::UINT8, {3}, 3, 'q');

  BOOST_TEST(bytes_of(tensor_named(*opened(model), "t")) == "qqq");
}

BOOST_AUTO_TEST_CASE(keeps_raw_data_that_begins_like_a_token) {
  auto model = holder();
  const auto forged = "\x7ftrivium payload" + std::string(8, '\0');
  model.tensor("a", TensorProto::UINT8, {2000}, 2000, 'a');
  model.tensor("t", TensorProto::UINT8, {24}, 24).set_raw_data(forged);

  const variant same{*opened(model), scheme::keep};

  BOOST_TEST(same.initializer("t").raw_data() == forged);
  BOOST_TEST(same.initializer("a").raw_data() == std::string(2000, 'a'));
}

BOOST_AUTO_TEST_CASE(reads_large_packed_floats_in_place) {
  auto model = holder();
  auto& tensor = *model.graph.add_initializer() = typed(1, {300});
  tensor.set_name("t");
  for (auto i = 0; i < 300; ++i)
    tensor.add_float_data(2.5f);

  const auto source = opened(model);

  BOOST_TEST(tensor_named(*source, "t").where.size == 1200);
}

BOOST_AUTO_TEST_CASE(decodes_f16_from_int32_data) {
  for (const auto count : {2, 2000}) { // small enough to stay, and stripped
    auto model = holder();
    auto& tensor = *model.graph.add_initializer() = typed(f16, {count});
    tensor.set_name("t");
    for (auto i = 0; i < count; ++i)
      tensor.add_int32_data(0x3c00 + i % 2);

    const auto bytes = bytes_of(tensor_named(*opened(model), "t"));

    BOOST_TEST(bytes.size() == 2 * static_cast<size_t>(count));
    BOOST_TEST(bytes.substr(0, 4) == std::string("\0\x3c\1\x3c", 4));
  }
}

BOOST_AUTO_TEST_CASE(gives_packed_numbers_back_to_their_field) {
  auto model = holder();
  auto& tensor = *model.graph.add_initializer() = typed(7, {2000});
  tensor.set_name("t");
  for (auto i = 0; i < 2000; ++i)
    tensor.add_int64_data(i - 1000);

  const variant same{*opened(model), scheme::keep};

  BOOST_TEST(same.initializer("t").int64_data_size() == 2000);
  BOOST_TEST(same.initializer("t").int64_data(0) == -1000);
  BOOST_TEST(!same.initializer("t").has_raw_data());
}

BOOST_AUTO_TEST_CASE(passes_types_that_libonnx_does_not_know) {
  auto model = holder();
  model.tensor("f8", 17, {3}, 3);
  model.tensor("i4", 22, {5}, 3);
  model.tensor("u2", 25, {5}, 2);

  const auto source = opened(model);

  BOOST_TEST((tensor_named(*source, "f8").type == tensor_type::opaque));
  BOOST_TEST((tensor_named(*source, "i4").type == tensor_type::opaque));
  BOOST_TEST((tensor_named(*source, "u2").type == tensor_type::opaque));
}

BOOST_AUTO_TEST_CASE(accepts_strings_scalars_and_empty_tensors) {
  auto model = holder();
  auto& strings = *model.graph.add_initializer() = typed(8, {2});
  strings.set_name("strings");
  strings.add_string_data("a");
  strings.add_string_data("b");
  model.tensor("scalar", 1, {}, 4);
  model.tensor("empty", 1, {0, 7}, 0);

  const auto source = opened(model);

  BOOST_TEST(source->tensors().size() == 2); // strings have no bytes
}

BOOST_AUTO_TEST_CASE(refuses_another_number_of_bytes) {
  auto tensor = typed(1, {2, 3});
  tensor.set_raw_data(std::string(20, '\0'));

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": shape [2, 3] needs 24 "
                "bytes, the data has 20");
}

BOOST_AUTO_TEST_CASE(refuses_another_number_of_bytes_in_large_data) {
  auto tensor = typed(1, {20, 30});
  tensor.set_raw_data(std::string(2404, '\0'));

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": shape [20, 30] needs "
                "2400 bytes, the data has 2404");
}

BOOST_AUTO_TEST_CASE(refuses_a_product_of_dimensions_that_wraps) {
  auto tensor = typed(1, {int64_t{1} << 32, int64_t{1} << 32, 4});
  tensor.set_raw_data("");

  BOOST_TEST(refused_tensor(tensor).find("has more than 2^63 elements")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_product_with_the_type_that_wraps) {
  auto tensor = typed(1, {int64_t{1} << 62});
  tensor.set_raw_data("");

  BOOST_TEST(refused_tensor(tensor).find("exceed 2^63 bytes")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_negative_dimension) {
  auto tensor = typed(1, {-1});
  tensor.set_raw_data("abcd");

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": dimension -1 is "
                "negative");
}

BOOST_AUTO_TEST_CASE(refuses_more_dimensions_than_anybody_has) {
  auto tensor = typed(1, dims(65, 1));
  tensor.set_raw_data("abcd");

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": 65 dimensions, the most "
                "is 64");
}

BOOST_AUTO_TEST_CASE(cuts_long_names_in_its_texts) {
  made_model model;
  model.tensor(std::string(100'000, 'n'), 1, {1}, 3);

  BOOST_TEST(refusal(model).size() < 300);
}

BOOST_AUTO_TEST_CASE(refuses_a_type_that_nobody_knows) {
  for (const auto unknown : {0, 27, -1, 99}) {
    auto tensor = typed(unknown, {1});
    tensor.set_raw_data("abcd");

    BOOST_TEST(refused_tensor(tensor)
               == "unsupported: onnx: tensor \"t\": type "
                    + std::to_string(unknown) + " is not known (1 to 26 are)");
  }
}

BOOST_AUTO_TEST_CASE(refuses_two_data_fields) {
  auto tensor = typed(1, {1});
  tensor.set_raw_data("abcd");
  tensor.add_float_data(1);

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": has more than one data "
                "field");
}

BOOST_AUTO_TEST_CASE(refuses_a_data_field_of_another_type) {
  for (const auto count : {3, 300}) {
    auto tensor = typed(7, {count});
    for (auto i = 0; i < count; ++i)
      tensor.add_float_data(1);

    BOOST_TEST(refused_tensor(tensor).substr(0, 27)
               == "invalid_argument: onnx: ten");
  }
}

BOOST_AUTO_TEST_CASE(refuses_another_number_of_packed_numbers) {
  for (const auto count : {1999, 2001}) {
    auto tensor = typed(f16, {2000});
    for (auto i = 0; i < count; ++i)
      tensor.add_int32_data(1);

    BOOST_TEST(refused_tensor(tensor).find("are not 2000 elements")
               != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(refuses_more_packed_numbers_than_it_would_hold) {
  auto tensor = typed(7, {int64_t{1} << 40});
  for (auto i = 0; i < 2000; ++i)
    tensor.add_int64_data(1);

  BOOST_TEST(refused_tensor(tensor).substr(0, 18) == "resource_exhausted");
}

BOOST_AUTO_TEST_CASE(refuses_raw_strings) {
  auto tensor = typed(8, {1});
  tensor.set_raw_data("a");

  BOOST_TEST(refused_tensor(tensor)
             == "invalid_argument: onnx: tensor \"t\": 1 strings declared, 0 "
                "given");
}

BOOST_AUTO_TEST_CASE(checks_tensors_inside_subgraphs) {
  auto model = holder();
  auto& branch = add_subgraph(model.node("If", {"x"}, "z"), "then_branch");
  auto& tensor = *branch.add_initializer() = typed(1, {2});
  tensor.set_name("inner");
  tensor.set_raw_data("abcd");

  BOOST_TEST(refusal(model)
             == "invalid_argument: onnx: tensor \"inner\": shape [2] needs 8 "
                "bytes, the data has 4");
}

BOOST_AUTO_TEST_SUITE_END()
