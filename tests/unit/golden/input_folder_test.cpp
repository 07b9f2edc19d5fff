#include "storage/golden/input_folder.hpp"
#include "storage/golden/npy.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/golden/golden_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::storage::test;
using namespace trivium::test;

namespace {

const std::vector<tensor_signature> one_input{{"x", tensor_type::f32, {-1, 2}}};
const std::vector<tensor_signature> two_inputs{
  {"tokens/ids:0", tensor_type::i64, {-1}}, {"mask", tensor_type::i64, {-1}}};

struct bench : golden_folder {
  void array(const std::string& name, const tensor_value& value) const {
    const auto target = path() / name;
    std::filesystem::create_directories(target.parent_path());
    BOOST_REQUIRE(write_npy(target, value));
  }
};

const auto pair = tensor<float>("", tensor_type::f32, {1, 2}, {1, 2});
const auto ids = tensor<int64_t>("", tensor_type::i64, {3}, {1, 2, 3});

} // namespace

BOOST_FIXTURE_TEST_SUITE(reading_prepared_inputs, bench)

BOOST_AUTO_TEST_CASE(takes_each_array_for_a_case_of_the_one_input) {
  array("b.npy", pair);
  array("a.npy", pair);

  const auto cases = read_input_folder(path(), one_input);

  BOOST_REQUIRE_MESSAGE(cases, text(cases));
  BOOST_REQUIRE_EQUAL(cases->size(), 2);
  BOOST_TEST(cases->at(0).name == "a");
  BOOST_TEST(cases->at(0).inputs.at(0).name == "x");
  BOOST_TEST(cases->at(1).name == "b");
}

BOOST_AUTO_TEST_CASE(takes_each_folder_for_a_case) {
  array("first/tokens-ids-0.npy", ids);
  array("first/mask.npy", ids);

  const auto cases = read_input_folder(path(), two_inputs);

  BOOST_REQUIRE_MESSAGE(cases, text(cases));
  BOOST_REQUIRE_EQUAL(cases->size(), 1);
  BOOST_TEST(cases->at(0).inputs.at(0).name == "tokens/ids:0");
  BOOST_TEST(cases->at(0).inputs.at(1).name == "mask");
}

BOOST_AUTO_TEST_CASE(ignores_what_is_no_array) {
  array("a.npy", pair);
  (void)file("a.png", "an image");
  (void)file(".hidden.npy", "not an array");

  BOOST_TEST(read_input_folder(path(), one_input)->size() == 1);
}

BOOST_AUTO_TEST_CASE(says_when_there_is_no_case) {
  BOOST_TEST(code(read_input_folder(path(), one_input)) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(says_when_the_folder_is_missing) {
  BOOST_TEST(code(read_input_folder(path() / "no", one_input))
             == ec::not_found);
}

BOOST_AUTO_TEST_CASE(names_both_types_when_they_differ) {
  array("a.npy", tensor<double>("", tensor_type::f64, {1, 2}, {1, 2}));

  const auto cases = read_input_folder(path(), one_input);

  BOOST_TEST(text(cases)
             == (path() / "a.npy").native()
                  + ": holds f64 [1, 2], input \"x\" wants f32 [any, 2]");
}

BOOST_AUTO_TEST_CASE(refuses_another_shape) {
  array("a.npy", tensor<float>("", tensor_type::f32, {2, 1}, {1, 2}));

  BOOST_TEST(code(read_input_folder(path(), one_input))
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(names_the_array_that_a_case_lacks) {
  array("first/mask.npy", ids);

  const auto cases = read_input_folder(path(), two_inputs);

  BOOST_TEST(text(cases)
             == (path() / "first").native()
                  + ": no tokens-ids-0.npy for input \"tokens/ids:0\"");
}

BOOST_AUTO_TEST_CASE(refuses_loose_arrays_for_several_inputs) {
  array("mask.npy", ids);

  BOOST_TEST(code(read_input_folder(path(), two_inputs))
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_arrays_beside_folders) {
  array("a.npy", pair);
  array("b/x.npy", pair);

  BOOST_TEST(code(read_input_folder(path(), one_input))
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_an_array_that_no_input_wants) {
  array("first/mask.npy", ids);
  array("first/tokens-ids-0.npy", ids);
  array("first/types.npy", ids);

  BOOST_TEST(text(read_input_folder(path(), two_inputs))
             == (path() / "first/types.npy").native()
                  + ": the graph has no such input");
}

BOOST_AUTO_TEST_CASE(refuses_an_array_that_two_inputs_want) {
  array("first/x-y.npy", pair);
  array("first/x_y.npy", pair);

  const auto cases = read_input_folder(
    path(), std::vector<tensor_signature>{{"x/y", tensor_type::f32, {-1, 2}},
                                          {"x-y", tensor_type::f32, {-1, 2}}});

  BOOST_TEST(text(cases)
             == (path() / "first/x-y.npy").native()
                  + ": cannot feed both \"x/y\" and \"x-y\"");
}

BOOST_AUTO_TEST_CASE(takes_the_array_with_an_inputs_own_name) {
  array("first/x-y.npy", pair);
  array("first/x:y.npy", tensor<float>("", tensor_type::f32, {1, 2}, {3, 4}));

  const auto cases = read_input_folder(
    path(), std::vector<tensor_signature>{{"x:y", tensor_type::f32, {-1, 2}},
                                          {"x-y", tensor_type::f32, {-1, 2}}});

  BOOST_REQUIRE_MESSAGE(cases, text(cases));
  BOOST_TEST((cases->at(0).inputs.at(1).bytes == pair.bytes));
  BOOST_TEST((cases->at(0).inputs.at(0).bytes != pair.bytes));
}

BOOST_AUTO_TEST_CASE(stops_at_the_limit) {
  array("a.npy", pair);
  array("b.npy", pair);

  BOOST_TEST(code(read_input_folder(path(), one_input, 15))
             == ec::resource_exhausted);
}

BOOST_AUTO_TEST_SUITE_END()
