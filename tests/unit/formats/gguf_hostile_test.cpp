#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/hostile_file.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace trivium::test {

namespace {

constexpr uint32_t u8 = 0, i8 = 1, u32 = 4, i32 = 5, boolean = 7, string = 8,
                   array = 9;
constexpr uint32_t f32 = 0, q4_0 = 2;
constexpr auto huge = ~uint64_t{0};

/// Magic, version 3, no tensors, `keys` keys.
gguf_bytes with_keys(uint64_t keys) { return gguf_bytes{}.start(0, keys); }

/// A key up to its value.
gguf_bytes one_key(std::string_view name, uint32_t type) {
  return with_keys(1).text(name).u32(type);
}

/// `bytes` and the 128 bytes of data that two tensors of 16 floats want.
std::string with_data(gguf_bytes bytes) {
  return bytes.pad().raw(std::string(128, 'd')).bytes();
}

gguf_bytes one_tensor() { return gguf_bytes{}.start(1, 0); }
gguf_bytes two_tensors() { return gguf_bytes{}.start(2, 0); }

std::string name_of(size_t bytes) { return std::string(bytes, 'n'); }

const std::vector<hostile_file> hostile_files{
  {"magic only", "GGUF", "version: 4 bytes wanted, 0 left at offset 4"},
  {"bad magic", "GGUG" + std::string(60, '\0'), "does not start with GGUF"},
  {"version 0", gguf_bytes{}.raw("GGUF").u32(0).u64(0).u64(0).bytes(),
   "version 0, only version 3"},
  {"version 1", gguf_bytes{}.raw("GGUF").u32(1).u32(0).u32(0).bytes(),
   "version 1, only version 3"},
  {"version 2", gguf_bytes{}.raw("GGUF").u32(2).u64(0).u64(0).bytes(),
   "version 2, only version 3"},
  {"version 4", gguf_bytes{}.raw("GGUF").u32(4).u64(0).u64(0).bytes(),
   "version 4, only version 3"},
  {"big-endian", gguf_bytes{}.raw("GGUF").u32(3u << 24).u64(0).u64(0).bytes(),
   "a big-endian file"},
  {"2^64 - 1 tensors", gguf_bytes{}.start(huge, 0).bytes(),
   "18446744073709551615 tensors declared"},
  {"tensors whose infos wrap",
   gguf_bytes{}.start(0x1d1d1d1d1d1d1d1d, 0).bytes(), "tensors declared"},
  {"2^32 - 1 tensors", gguf_bytes{}.start(0xffffffff, 0).bytes(),
   "4294967295 tensors declared"},
  {"2^64 - 1 keys", gguf_bytes{}.start(0, huge).bytes(),
   "18446744073709551615 keys declared"},
  {"2^32 - 1 keys", gguf_bytes{}.start(0, 0xffffffff).bytes(),
   "4294967295 keys declared"},
  {"an empty key", one_key("", u8).u8(1).raw("padding").bytes(), "has no name"},
  {"a key of 2^64 - 1 bytes", with_keys(1).u64(huge).raw("12345678").bytes(),
   "18446744073709551615 bytes wanted"},
  {"a key beyond 64 KiB",
   with_keys(1).text(std::string(65'536, 'k')).u32(u8).u8(1).bytes(),
   "the most is 65535"},
  {"an unknown value type", one_key("k", 13).u64(0).bytes(),
   "value type 13 is not known"},
  {"a string of 2^64 - 1 bytes", one_key("k", string).u64(huge).bytes(),
   "18446744073709551615 bytes wanted"},
  {"a string beyond the file", one_key("k", string).u64(9).raw("x").bytes(),
   "9 bytes wanted, 1 left"},
  {"a bool of 2", one_key("k", boolean).u8(2).bytes(), "BOOL of value 2"},
  {"an array of unknown items", one_key("k", array).u32(13).u64(0).bytes(),
   "value type 13 is not known"},
  {"an array of arrays",
   one_key("k", array).u32(array).u64(1).u32(u8).u64(0).bytes(),
   "an array of arrays"},
  {"an array whose bytes wrap",
   one_key("k", array).u32(10).u64(uint64_t{1} << 61).bytes(),
   "an array of 2305843009213693952 items"},
  {"strings whose lengths wrap",
   one_key("k", array).u32(string).u64(uint64_t{1} << 61).bytes(),
   "an array of 2305843009213693952 items"},
  {"an array beyond the file",
   one_key("k", array).u32(u32).u64(3).u32(1).u32(2).bytes(),
   "an array of 3 items, 8 bytes left"},
  {"a string of an array beyond the file",
   one_key("k", array).u32(string).u64(1).u64(5).raw("abc").bytes(),
   "5 bytes wanted, 3 left"},
  {"a key twice", with_keys(2).u32_key("k", 1).u32_key("k", 2).bytes(),
   "\"k\" comes twice"},
  {"a long key that is wrong",
   with_keys(1).text(std::string(1000, 'k')).u32(13).bytes(),
   std::string(128, 'k') + "…\": value type 13"},
  {"alignment 13", with_keys(1).u32_key("general.alignment", 13).bytes(),
   "general.alignment is 13, no power of two"},
  {"alignment 0", with_keys(1).u32_key("general.alignment", 0).bytes(),
   "general.alignment is 0, no power of two"},
  {"alignment 2^31",
   with_keys(1).u32_key("general.alignment", 1u << 31).bytes(),
   "general.alignment is 2147483648, the most is 65536"},
  {"alignment of type INT32", one_key("general.alignment", i32).u32(32).bytes(),
   "general.alignment is no UINT32"},
  {"a split model",
   one_key("split.count", 2).raw(std::string("\x03\0", 2)).bytes(),
   "one of 3 parts"},
  {"a negative split count", one_key("split.count", i8).u8(255).bytes(),
   "\"split.count\" is negative"},
  {"a split count that is text",
   with_keys(1).text_key("split.count", "2").bytes(),
   "\"split.count\" is no integer"},
  {"five dimensions",
   with_data(one_tensor().tensor("t", {1, 1, 1, 1, 1}, f32, 0)),
   "5 dimensions, the most is 4"},
  {"2^32 - 1 dimensions", with_data(one_tensor().text("t").u32(0xffffffff)),
   "4294967295 dimensions"},
  {"a name of 64 bytes",
   with_data(one_tensor().tensor(name_of(64), {16}, f32, 0)),
   "a string of 64 bytes"},
  {"a name twice",
   with_data(
     two_tensors().tensor("t", {16}, f32, 0).tensor("t", {16}, f32, 64)),
   "tensor \"t\" comes twice"},
  {"an unknown type", with_data(one_tensor().tensor("t", {16}, 99, 0)),
   "type 99 is not known"},
  {"a type that ggml dropped", with_data(one_tensor().tensor("t", {32}, 4, 0)),
   "type 4 is not known"},
  {"a row of half a block", with_data(one_tensor().tensor("t", {16}, q4_0, 0)),
   "no whole Q4_0 blocks of 32"},
  {"an extent of -1", with_data(one_tensor().tensor("t", {huge}, f32, 0)),
   "more than 2^63 elements"},
  {"extents whose product wraps",
   with_data(one_tensor().tensor(
     "t", {uint64_t{1} << 32, uint64_t{1} << 32, 16}, f32, 0)),
   "more than 2^63 elements"},
  {"elements that fit, bytes that wrap",
   with_data(one_tensor().tensor("t", {uint64_t{1} << 62}, f32, 0)),
   "exceed 2^63 bytes"},
  {"two tensors whose sum wraps",
   with_data(two_tensors()
               .tensor("a", {0x7fffffffffffffc0}, 24, 0)
               .tensor("b", {0x7fffffffffffffc0}, 24, 0x7fffffffffffffc0)),
   "9223372036854775744 bytes declared"},
  {"an offset that is not aligned",
   with_data(two_tensors().tensor("a", {4}, f32, 0).tensor("b", {4}, f32, 16)),
   "the one before ends at 32"},
  {"offsets out of order",
   with_data(
     two_tensors().tensor("a", {16}, f32, 64).tensor("b", {16}, f32, 0)),
   "at offset 64 of the data, the one before ends at 0"},
  {"an overlap",
   with_data(
     two_tensors().tensor("a", {16}, f32, 0).tensor("b", {16}, f32, 32)),
   "the one before ends at 64"},
  {"a gap",
   with_data(two_tensors().tensor("a", {16}, f32, 0).tensor("b", {8}, f32, 96)),
   "the one before ends at 64"},
  {"a tensor larger than the file",
   with_data(one_tensor().tensor("t", {1024, 1024}, f32, 0)),
   "4194304 bytes declared, 128 left at offset"},
  {"data too short by one byte",
   one_tensor()
     .tensor("t", {16}, f32, 0)
     .pad()
     .raw(std::string(63, 'd'))
     .bytes(),
   "64 bytes declared, 63 left"},
  {"no data at all", one_tensor().tensor("t", {16}, f32, 0).bytes(),
   "64 bytes declared, 0 left"},
  {"a name with control characters",
   with_data(one_tensor().tensor("\x1b[2J", {16}, 99, 0)),
   "tensor \"\\x1b[2J\""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_gguf)

BOOST_DATA_TEST_CASE(is_refused_with_its_reason,
                     boost::unit_test::data::make(hostile_files), file) {
  const temporary_folder folder;
  const auto path = write(folder / "model.gguf", file.bytes);

  const auto text = refusal_of(path);

  BOOST_TEST(text.find(file.wanted_text) != std::string::npos,
             "\"" << text << "\" lacks \"" << file.wanted_text << "\"");
}

BOOST_AUTO_TEST_CASE(is_refused_cut_off_at_every_byte) {
  const temporary_folder folder;
  const auto whole = gguf_bytes{}
                       .start(1, 3)
                       .text_key("general.architecture", "test")
                       .u32_key("general.file_type", 0)
                       .text("list")
                       .u32(array)
                       .u32(string)
                       .u64(2)
                       .text("a")
                       .text("bc")
                       .tensor("t.weight", {16}, f32, 0)
                       .pad()
                       .raw(std::string(64, 'd'))
                       .bytes();
  BOOST_TEST_REQUIRE(refusal_of(write(folder / "model.gguf", whole))
                     == "opened");
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto path = write(folder / "model.gguf", whole.substr(0, size));

    BOOST_TEST(code_of(path) != ec::none, "opened with " << size << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(is_refused_with_too_many_keys) {
  const temporary_folder folder;
  auto bytes = with_keys(65'537);
  for (uint32_t i = 0; i < 65'537; ++i)
    bytes.u64(5).raw("key").u8(i & 255).u8(i >> 8).u32(u8).u8(0);

  BOOST_TEST(refusal_of(write(folder / "model.gguf", bytes.bytes()))
             == "gguf: 65537 keys declared, the most is 65536");
}

BOOST_AUTO_TEST_CASE(is_refused_with_too_many_tensors) {
  const temporary_folder folder;
  constexpr size_t count = 262'145;
  const auto bytes =
    gguf_bytes{}.start(count, 0).raw(std::string(count * 24, '\0'));

  BOOST_TEST(refusal_of(write(folder / "model.gguf", bytes.bytes()))
             == "gguf: 262145 tensors declared, the most is 262144");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unusual_gguf)

BOOST_AUTO_TEST_CASE(without_tensors_is_a_model) {
  const temporary_folder folder;
  const auto path =
    write(folder / "vocab.gguf", gguf_bytes{}.start(0, 0).bytes());

  BOOST_TEST(opened(path)->tensors().empty());
}

BOOST_AUTO_TEST_CASE(takes_an_extent_of_zero) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.gguf", with_data(two_tensors()
                                             .tensor("none", {32, 0}, f32, 0)
                                             .tensor("some", {16}, f32, 0)));

  BOOST_TEST(bytes_of(*opened(path), "none").empty());
}

BOOST_AUTO_TEST_CASE(takes_a_name_of_63_bytes) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.gguf",
          with_data(one_tensor().tensor(name_of(63), {16}, f32, 0)));

  BOOST_TEST(refusal_of(path) == "opened");
}

BOOST_AUTO_TEST_CASE(takes_every_type_of_value) {
  const temporary_folder folder;
  gguf_bytes file;
  file.start(0, 13);
  constexpr std::array<size_t, 13> sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  for (uint32_t type = 0; type < 13; ++type) {
    file.text("key" + std::to_string(type)).u32(type);
    if (type == string)
      file.text("text");
    else if (type == array)
      file.u32(u8).u64(3).raw("abc");
    else
      file.raw(std::string(sizes[type], '\1'));
  }
  const auto path = write(folder / "model.gguf", file.bytes());

  BOOST_TEST(refusal_of(path) == "opened");
}

BOOST_AUTO_TEST_CASE(takes_another_alignment) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.gguf", gguf_bytes{}
                                   .start(2, 1)
                                   .u32_key("general.alignment", 8)
                                   .tensor("a", {3}, f32, 0)
                                   .tensor("b", {1}, f32, 16)
                                   .pad(8)
                                   .raw("aaaaaaaaaaaa....bbbb")
                                   .bytes());

  BOOST_TEST(bytes_of(*opened(path), "b") == "bbbb");
}

BOOST_AUTO_TEST_CASE(never_looks_at_a_chat_template) {
  const temporary_folder folder;
  const auto path =
    write(folder / "model.gguf",
          with_keys(1)
            .text_key("tokenizer.chat_template", "{{ ().__class__ }}")
            .bytes());

  BOOST_TEST(refusal_of(path) == "opened");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
