#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/hostile_file.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace trivium::test {

namespace {

const std::string data(24, 'x');

/// A file whose header is one object with `members`, before 24 bytes of data.
std::string holding(const std::string& members) {
  return safetensors_file("{" + members + "}", data);
}

std::string f32_member(const std::string& name, uint64_t begin, uint64_t end) {
  return safetensors_member(name, "F32", {(end - begin) / 4}, begin, end);
}

std::string with_length(uint64_t length) {
  return gguf_bytes{}.u64(length).raw("{}").bytes();
}

const std::string fine = f32_member("a", 0, 24);

const std::vector<hostile_file> hostile_files{
  {"seven bytes", "\x02\0\0\0\0\0\0", "too few for a header"},
  {"length beyond the file", with_length(3), "3 bytes declared, 2 left"},
  {"length beyond 100 MB", with_length(100'000'001), "the most is 100000000"},
  {"length 2^64 - 1", with_length(~uint64_t{0}), "the most is 100000000"},
  {"length 2^63", with_length(uint64_t{1} << 63), "the most is 100000000"},
  {"length 0", with_length(0), "does not start with '{'"},
  {"a blank before '{'", safetensors_file(" {" + fine + "}", data),
   "does not start with '{'"},
  {"an array", safetensors_file("[]", ""), "does not start with '{'"},
  {"not UTF-8", holding("\"\xff\xfe\":1," + fine), "no valid JSON"},
  {"cut off inside", safetensors_file("{" + fine, data), "no valid JSON"},
  {"two documents", safetensors_file("{" + fine + "}{}", data),
   "no valid JSON"},
  {"text behind the object", safetensors_file("{" + fine + "}x", data),
   "no valid JSON"},
  {"depth bomb", safetensors_file("{\"a\":" + std::string(100'000, '['), data),
   "no valid JSON"},
  {"nested deeper than 64, closed",
   safetensors_file(
     "{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}", ""),
   "no valid JSON"},
  {"bytes behind the last tensor", holding(f32_member("a", 0, 20)),
   "4 bytes follow the last tensor"},
  {"data without tensors", safetensors_file("{}", "x"),
   "1 bytes follow the last tensor"},
  {"a hole at the start", holding(f32_member("a", 4, 24)),
   "leaves a hole behind 0"},
  {"a hole between",
   holding(f32_member("a", 0, 8) + "," + f32_member("b", 12, 24)),
   "leaves a hole behind 8"},
  {"an overlap",
   holding(f32_member("a", 0, 16) + "," + f32_member("b", 12, 24)),
   "overlaps what ends at 16"},
  {"the same range twice",
   holding(f32_member("a", 0, 24) + "," + f32_member("b", 0, 24)),
   "overlaps what ends at 24"},
  {"begin > end", holding(safetensors_member("a", "F32", {6}, 24, 0)),
   "behind its end 0"},
  {"end beyond the data", holding(f32_member("a", 0, 28)),
   "ends at 28, the data has 24 bytes"},
  {"end 2^64 - 1",
   holding(safetensors_member("a", "U8", {~uint64_t{0}}, 0, ~uint64_t{0})),
   "more than 2^63 elements"},
  {"shape larger than its bytes",
   holding(safetensors_member("a", "F32", {1000, 1000}, 0, 4) + ","
           + f32_member("b", 4, 24)),
   "is 4000000 bytes, data_offsets cover 4"},
  {"shape smaller than its bytes",
   holding(safetensors_member("a", "F32", {5}, 0, 24)),
   "is 20 bytes, data_offsets cover 24"},
  {"shape product wraps to the right size",
   holding(safetensors_member(
     "a", "F32", {uint64_t{1} << 33, uint64_t{1} << 33, 6}, 0, 24)),
   "more than 2^63 elements"},
  {"shape x dtype wraps",
   holding(safetensors_member("a", "F64", {uint64_t{1} << 62}, 0, 24)),
   "exceed 2^63 bytes"},
  {"unknown dtype", holding(safetensors_member("a", "F31", {6}, 0, 24)),
   "dtype \"F31\" is not known"},
  {"opaque dtype of the wrong size",
   holding(safetensors_member("a", "F8_E4M3", {6}, 0, 24)),
   "is 6 bytes, data_offsets cover 24"},
  {"half a byte", holding(safetensors_member("a", "F4", {5}, 0, 24)),
   "end within a byte"},
  {"one name twice", holding(fine + "," + fine), "\"a\" comes twice"},
  {"one name twice, escaped", holding(fine + R"(,"\u0061":{})"),
   "\"a\" comes twice"},
  {"dtype twice",
   holding(R"("a":{"dtype":"F32","dtype":"F16","shape":[6],)"
           R"("data_offsets":[0,24]})"),
   "\"dtype\" comes twice"},
  {"a member that is not known",
   holding(R"("a":{"dtype":"F32","shape":[6],"data_offsets":[0,24],"x":1})"),
   "member \"x\" is not known"},
  {"no shape", holding(R"("a":{"dtype":"F32","data_offsets":[0,24]})"),
   "dtype, shape and data_offsets are wanted"},
  {"one offset",
   holding(R"("a":{"dtype":"F32","shape":[6],"data_offsets":[24]})"),
   "has 1 numbers, not 2"},
  {"a negative extent",
   holding(R"("a":{"dtype":"F32","shape":[-6],"data_offsets":[0,24]})"),
   "shape holds something else than whole numbers"},
  {"a negative offset",
   holding(R"("a":{"dtype":"F32","shape":[6],"data_offsets":[-1,24]})"),
   "data_offsets holds something else than whole numbers"},
  {"an extent of 6.0",
   holding(R"("a":{"dtype":"F32","shape":[6.0],"data_offsets":[0,24]})"),
   "shape holds something else than whole numbers"},
  {"an extent of 1e400",
   holding(R"("a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,24]})"),
   "no valid JSON"},
  {"an extent of 2^64",
   holding(R"("a":{"dtype":"F32","shape":[18446744073709551616],)"
           R"("data_offsets":[0,24]})"),
   "no valid JSON"},
  {"a shape that is no array",
   holding(R"("a":{"dtype":"F32","shape":6,"data_offsets":[0,24]})"),
   "shape is no array"},
  {"a dtype that is no string",
   holding(R"("a":{"dtype":1,"shape":[6],"data_offsets":[0,24]})"),
   "dtype is no string"},
  {"a tensor that is no object", holding("\"a\":[]"), "is no object"},
  {"metadata that is no object", holding("\"__metadata__\":[]," + fine),
   "__metadata__ is no object"},
  {"metadata with a number", holding(R"("__metadata__":{"a":1},)" + fine),
   "__metadata__ \"a\" is no string"},
  {"a name of 1025 bytes", holding(f32_member(std::string(1025, 'n'), 0, 24)),
   std::string(128, 'n') + "…\": a name of 1025 bytes, the most is 1024"},
  {"a long name that is no object",
   holding("\"" + std::string(1000, 'n') + "\":[]"),
   std::string(128, 'n') + "…\" is no object"},
  {"65 dimensions",
   holding(safetensors_member("a", "F32", tensor_shape(65, 1), 0, 24)),
   "tensor \"a\": shape has 65 numbers, the most is 64"},
  {"a long dtype",
   holding(safetensors_member("a", std::string(1000, 'F'), {6}, 0, 24)),
   std::string(128, 'F') + "…\" is not known"},
  {"a name with control characters",
   holding(safetensors_member(R"(\u001b[2J)", "F31", {6}, 0, 24)),
   R"(tensor "\x1b[2J")"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_safetensors)

BOOST_DATA_TEST_CASE(is_refused_with_its_reason,
                     boost::unit_test::data::make(hostile_files), file) {
  const temporary_folder folder;
  const auto path = write(folder / "model.safetensors", file.bytes);

  const auto text = refusal_of(path);

  BOOST_TEST(text.find(file.wanted_text) != std::string::npos,
             "\"" << text << "\" lacks \"" << file.wanted_text << "\"");
}

BOOST_AUTO_TEST_CASE(is_refused_cut_off_at_every_byte) {
  const temporary_folder folder;
  const auto whole = holding(fine);
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto path =
      write(folder / "model.safetensors", whole.substr(0, size));

    BOOST_TEST(code_of(path) != ec::none, "opened with " << size << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(is_refused_with_too_many_tensors) {
  const temporary_folder folder;
  std::string members;
  for (size_t i = 0; i < 262'145; ++i)
    members += (i == 0 ? "" : ",")
               + safetensors_member(std::to_string(i), "U8", {0}, 0, 0);

  BOOST_TEST(refusal_of(write(folder / "model.safetensors",
                              safetensors_file("{" + members + "}", "")))
             == "safetensors: more than 262144 tensors in the model");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unusual_safetensors)

BOOST_AUTO_TEST_CASE(without_tensors_is_a_model) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.safetensors", safetensors_file("{}", ""));

  BOOST_TEST(opened(path)->tensors().empty());
}

BOOST_AUTO_TEST_CASE(takes_tensors_without_elements_and_scalars) {
  const temporary_folder folder;
  const auto path = write(
    folder / "model.safetensors",
    safetensors_file("{" + safetensors_member("none", "F32", {0, 7}, 0, 0) + ","
                       + safetensors_member("scalar", "F32", {}, 0, 4) + "}",
                     "abcd"));

  const auto model = opened(path);

  BOOST_TEST(bytes_of(*model, "none").empty());
  BOOST_TEST(bytes_of(*model, "scalar") == "abcd");
}

BOOST_AUTO_TEST_CASE(takes_names_of_1024_bytes_and_64_dimensions) {
  const temporary_folder folder;
  const std::string name(1024, 'n');
  const auto path = write(
    folder / "model.safetensors",
    holding(safetensors_member(name, "U8", {24}, 0, 24) + ","
            + safetensors_member("flat", "F32", tensor_shape(64, 0), 24, 24)));

  const auto model = opened(path);

  BOOST_TEST(tensor_of(*model, name).where.size == 24);
  BOOST_TEST(tensor_of(*model, "flat").shape.size() == 64);
}

BOOST_AUTO_TEST_CASE(takes_a_header_padded_with_blanks) {
  const temporary_folder folder;
  const auto path = write(folder / "model.safetensors",
                          safetensors_file("{" + fine + "}     ", data));

  BOOST_TEST(bytes_of(*opened(path), "a") == data);
}

BOOST_AUTO_TEST_CASE(takes_tensors_in_any_order_of_members) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.safetensors",
          safetensors_file("{" + f32_member("late", 20, 24) + ","
                             + f32_member("early", 0, 20) + "}",
                           data));

  BOOST_TEST(opened(path)->tensors()[0].name == "early");
}

BOOST_AUTO_TEST_CASE(knows_types_that_it_only_passes_through) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.safetensors",
          holding(safetensors_member("a.weight", "F8_E5M2", {4, 6}, 0, 24)));

  const auto model = opened(path);

  BOOST_TEST((tensor_of(*model, "a.weight").type == tensor_type::opaque));
  BOOST_TEST(tensor_of(*model, "a.weight").keep_reason == "stored as opaque");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
