#include "storage/formats/onnx/external_data.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/unit/formats_onnx/made_model.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::test;

namespace {

using entries = std::vector<std::pair<std::string, std::string>>;

/// x · w → y where w [32, 16] is external.
made_model with_external(const entries& e) {
  auto model = one_matmul();
  make_external(*model.graph.mutable_initializer(0), e);
  return model;
}

std::string weights(size_t before = 0) {
  std::vector<float> values(32 * 16);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 100);
  return std::string(before, 'z') + floats(values);
}

std::string refused(const entries& e) {
  return refusal(with_external(e), {{"w.bin", weights()}});
}

expected<std::vector<std::string>> files_of(const made_model& model) {
  const temporary_folder folder;
  std::ofstream{folder / "m.onnx", std::ios::binary} << model.bytes();
  return onnx_external_files(*must(readable_file::open(folder / "m.onnx")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(external_data)

BOOST_AUTO_TEST_CASE(is_read_where_the_entry_says) {
  const auto source = opened(with_external({{"location", "d/w.bin"},
                                            {"offset", "4096"},
                                            {"length", "2048"},
                                            {"checksum", "abc"}}),
                             {{"d/w.bin", weights(4096)}});

  const auto& tensor = tensor_named(*source, "w");
  BOOST_TEST(tensor.where.file == 1);
  BOOST_TEST(tensor.where.offset == 4096);
  BOOST_TEST(tensor.where.size == 2048);
}

BOOST_AUTO_TEST_CASE(needs_no_offset_and_no_length) {
  const auto source =
    opened(with_external({{"location", "./w.bin"}}), {{"w.bin", weights()}});

  BOOST_TEST(tensor_named(*source, "w").where.size == 2048);
}

BOOST_AUTO_TEST_CASE(becomes_part_of_the_main_file_when_it_is_kept) {
  const auto source = opened(with_external({{"location", "w.bin"}}),
                             {{"w.bin", weights()}, {"notes.txt", "hello"}});

  const variant same{*source, scheme::keep};

  BOOST_TEST(same.initializer("w").raw_data() == weights());
  BOOST_TEST(same.initializer("w").external_data_size() == 0);
  BOOST_TEST(!std::filesystem::exists(same.folder / "w.bin"));
  BOOST_TEST(same.file("notes.txt") == "hello");
}

/// `count` tensors over the same MiB.
made_model sharing(int count) {
  made_model model;
  for (int i = 0; i < count; ++i)
    make_external(model.tensor("w" + std::to_string(i), 1, {512, 512}, 0),
                  {{"location", "w.bin"}});
  return model;
}

BOOST_AUTO_TEST_CASE(may_be_shared_by_some_tensors) {
  const other_files files{{"w.bin", std::string(1 << 20, '\0')}};

  BOOST_TEST(opened(sharing(20), files)->tensors().size() == 20u);
  BOOST_TEST(refusal(sharing(21), files)
             == "resource_exhausted: onnx: tensor \"w20\": with it the tensors "
                "are more than 4 times the external data that they share");
}

BOOST_AUTO_TEST_CASE(files_are_named_once_and_sorted) {
  made_model model;
  for (const auto* file : {"./b", "a/c", "b"})
    make_external(model.tensor(file, 1, {1}, 0), {{"location", file}});
  auto& branch = add_subgraph(model.node("If", {"b"}, "z"), "then_branch");
  make_external(*branch.add_initializer(), {{"location", "inner"}});

  const std::vector<std::string> wanted{"a/c", "b", "inner"};
  BOOST_TEST(must(files_of(model)) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_locations_that_leave_the_folder) {
  for (const auto* location :
       {"../w.bin", "junk/../../w.bin", "d/../w.bin", "..", "/etc/passwd",
        "file:///etc/passwd", "./../w.bin", "d/.."}) {
    const auto model = with_external({{"location", location}});

    BOOST_TEST(code(files_of(model)) == ec::permission_denied, location);
    BOOST_TEST(refusal(model, {{"w.bin", weights()}}).substr(0, 17)
                 == "permission_denied",
               location);
  }
}

BOOST_AUTO_TEST_CASE(refuses_locations_that_are_no_file_names) {
  for (const auto& location :
       {std::string("w.bin\0x", 7), std::string{"d\\w.bin"}, std::string{},
        std::string{"d//w.bin"}, std::string{"d/"}, std::string{"a\nb"},
        std::string(5000, 'a')})
    BOOST_TEST(code(files_of(with_external({{"location", location}})))
               == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_an_entry_without_location) {
  BOOST_TEST(refused({{"offset", "0"}})
             == "invalid_argument: onnx: tensor \"w\": external data: no "
                "location");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_it_does_not_know) {
  BOOST_TEST(refused({{"location", "w.bin"}, {"basepath", "/"}})
             == "invalid_argument: onnx: tensor \"w\": external data: unknown "
                "key \"basepath\"");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_given_twice) {
  BOOST_TEST(refused({{"location", "w.bin"}, {"location", "w.bin"}})
             == "invalid_argument: onnx: tensor \"w\": external data: key "
                "\"location\" stands twice");
}

BOOST_AUTO_TEST_CASE(refuses_numbers_that_are_none) {
  for (const auto* number :
       {"-1", "", "1e3", " 1", "0x10", "1 ", "+1", "18446744073709551616"})
    for (const auto* key : {"offset", "length"})
      BOOST_TEST(refused({{"location", "w.bin"}, {key, number}})
                   .find("is not a number of bytes")
                 != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_an_offset_behind_the_file) {
  for (const auto* offset : {"1", "2049", "18446744073709551615"})
    BOOST_TEST(refused({{"location", "w.bin"}, {"offset", offset}})
               == "invalid_argument: onnx: tensor \"w\": 2048 bytes at offset "
                    + std::string{offset} + " wanted, \"w.bin\" has 2048");
}

BOOST_AUTO_TEST_CASE(refuses_a_length_that_is_not_that_of_the_shape) {
  for (const auto* length : {"2047", "2049", "0", "1000000000000000"})
    BOOST_TEST(refused({{"location", "w.bin"}, {"length", length}})
               == "invalid_argument: onnx: tensor \"w\": shape [32, 16] needs "
                  "2048 bytes, the data has "
                    + std::string{length});
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_is_not_part_of_the_model) {
  BOOST_TEST(refused({{"location", "other.bin"}})
             == "not_found: onnx: tensor \"w\": external data file "
                "\"other.bin\" is not part of the model");
}

BOOST_AUTO_TEST_CASE(refuses_data_of_its_own_beside_it) {
  auto model = with_external({{"location", "w.bin"}});
  model.graph.mutable_initializer(0)->set_raw_data("abcd");

  BOOST_TEST(refusal(model, {{"w.bin", weights()}})
             == "invalid_argument: onnx: tensor \"w\": has external data and "
                "its own");
}

BOOST_AUTO_TEST_SUITE_END()
