#include "storage/formats/onnx/wire_scan.hpp"

#include "storage/formats/onnx/wire_edit.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/formats_onnx/made_model.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace trivium;
using namespace trivium::storage::onnx_io;
using namespace trivium::test;

namespace {

using namespace std::string_literals;

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value > 0x7f; value >>= 7)
    bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

/// Tag and length of a delimited field.
std::string header(uint32_t number, uint64_t size) {
  return varint(number << 3 | 2) + varint(size);
}

std::string field(uint32_t number, const std::string& content) {
  return header(number, content.size()) + content;
}

constexpr uint32_t graph = 7, initializer = 5, node = 1, attribute = 5;

expected<wire_map> scan(const std::string& bytes, uint64_t more_than = 8) {
  return scan_model(string_bytes{bytes}, more_than);
}

std::string refused(const std::string& bytes) { return text(scan(bytes)); }

/// A model of any size that remembers how much of it was read.
class huge_model final : public byte_source {
public:
  explicit huge_model(uint64_t payload) : payload_(payload) {
    const auto raw = header(raw_data, payload);
    const auto tensor = header(initializer, raw.size() + payload) + raw;
    head_ = header(graph, tensor.size() + payload) + tensor;
  }

  [[nodiscard]] uint64_t size() const override {
    return head_.size() + payload_;
  }
  [[nodiscard]] expected<void> read(uint64_t offset,
                                    std::span<std::byte> out) const override {
    std::memset(out.data(), 0, out.size());
    if (offset < head_.size())
      std::memcpy(out.data(), head_.data() + offset,
                  std::min(out.size(), head_.size() - offset));
    read_ += out.size();
    return {};
  }
  [[nodiscard]] uint64_t bytes_read() const { return read_; }

private:
  uint64_t payload_;
  std::string head_;
  mutable uint64_t read_ = 0;
};

/// A graph with a node with an attribute with a graph with …
std::string nested_graphs(size_t count) {
  std::vector<std::string> headers; // the innermost first
  size_t size = 0;
  for (size_t i = 0; i < count; ++i)
    for (const auto number : {6U, attribute, node}) {
      headers.push_back(header(number, size));
      size += headers.back().size();
    }
  std::string bytes;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header)
    bytes += *header;
  return field(graph, bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(scanning)

BOOST_AUTO_TEST_CASE(lists_data_longer_than_the_limit) {
  const auto bytes =
    field(graph, field(initializer, field(raw_data, "123456789"))
                   + field(initializer, field(raw_data, "12345678")));

  const auto map = must(scan(bytes));

  BOOST_TEST_REQUIRE(map.payloads.size() == 1);
  BOOST_TEST(map.payloads[0].size == 9);
  BOOST_TEST(bytes.substr(map.payloads[0].begin, 9) == "123456789");
}

BOOST_AUTO_TEST_CASE(finds_tensors_in_attributes_of_nested_graphs) {
  const auto tensor = field(raw_data, "123456789");
  const auto inner = field(initializer, tensor);
  const auto bytes = field(
    graph, field(node, field(attribute, field(6, inner) + field(5, tensor)
                                          + field(10, tensor) + field(11, inner)
                                          + field(22, field(1, tensor)))));

  BOOST_TEST(must(scan(bytes)).payloads.size() == 5);
}

BOOST_AUTO_TEST_CASE(finds_tensors_in_functions_and_training_information) {
  const auto tensor = field(raw_data, "123456789");
  const auto body = field(attribute, field(5, tensor));
  const auto bytes = field(25, field(7, body) + field(11, field(5, tensor)))
                     + field(20, field(1, field(initializer, tensor)));

  BOOST_TEST(must(scan(bytes)).payloads.size() == 3);
}

BOOST_AUTO_TEST_CASE(steps_over_data_without_reading_it) {
  const huge_model model{uint64_t{5} << 40};

  const auto map = must(scan_model(model, 1024));

  BOOST_TEST(map.payloads.at(0).size == uint64_t{5} << 40);
  BOOST_TEST(model.bytes_read() < uint64_t{1} << 20);
}

BOOST_AUTO_TEST_CASE(refuses_a_length_beyond_its_message) {
  BOOST_TEST(refused("\x3a\x04\x2a\x7f\x4a\x01")
             == "onnx: offset 3: field 5 declares 127 bytes, 2 left");
}

BOOST_AUTO_TEST_CASE(refuses_a_length_beyond_its_message_inside_the_file) {
  // The tensor claims a byte that stands behind the graph.
  BOOST_TEST(refused("\x08\x01\x3a\x04\x2a\x03\x4a\x00\x08\x01"s)
             == "onnx: offset 5: field 5 declares 3 bytes, 2 left");
}

BOOST_AUTO_TEST_CASE(refuses_a_length_of_2_to_the_64) {
  BOOST_TEST(refused("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
             == "onnx: offset 1: field 7 declares 18446744073709551615 bytes, "
                "0 left");
}

BOOST_AUTO_TEST_CASE(refuses_a_number_of_more_than_64_bits) {
  BOOST_TEST(refused("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s)
             == "onnx: offset 1: number exceeds 64 bits");
}

BOOST_AUTO_TEST_CASE(refuses_a_number_that_crosses_its_message) {
  // The graph has one byte, a tag whose number goes on behind the graph.
  BOOST_TEST(refused("\x3a\x01\xaa\x01\x00"s)
             == "onnx: offset 2: number cut short");
}

BOOST_AUTO_TEST_CASE(refuses_fixed_numbers_cut_short) {
  BOOST_TEST(refused("\x0d\x01\x02\x03")
             == "onnx: offset 1: field 1 cut short");
  BOOST_TEST(refused("\x09\x01\x02\x03\x04\x05\x06\x07")
             == "onnx: offset 1: field 1 cut short");
}

BOOST_AUTO_TEST_CASE(refuses_groups) {
  BOOST_TEST(refused("\x0b\x0c")
             == "onnx: offset 0: wire type 3 is not used by ONNX");
}

BOOST_AUTO_TEST_CASE(refuses_field_number_0) {
  BOOST_TEST(refused("\x00\x01"s)
             == "onnx: offset 0: field number out of range");
}

BOOST_AUTO_TEST_CASE(refuses_a_second_graph) {
  BOOST_TEST(refused(field(graph, "") + field(graph, ""))
             == "onnx: offset 2: field 7 may stand once, stands twice");
}

BOOST_AUTO_TEST_CASE(refuses_raw_data_twice) {
  const auto twice = field(raw_data, "1") + field(raw_data, "2");

  BOOST_TEST(refused(field(graph, field(initializer, twice)))
             == "onnx: offset 7: tensor data is given in more than one piece");
}

BOOST_AUTO_TEST_CASE(refuses_large_data_in_two_fields) {
  const auto both =
    field(float_data, "12345678abcdefgh") + field(raw_data, "2");

  BOOST_TEST(refused(field(graph, field(initializer, both)))
             == "onnx: offset 22: tensor data is given in more than one piece");
}

BOOST_AUTO_TEST_CASE(refuses_packed_data_followed_by_single_elements) {
  const auto both = field(int32_data, "123456789") + "\x28\x01";

  BOOST_TEST(refused(field(graph, field(initializer, both)))
             == "onnx: offset 15: tensor data is given in more than one piece");
}

BOOST_AUTO_TEST_CASE(refuses_a_hundred_thousand_nested_graphs) {
  BOOST_TEST(
    refused(nested_graphs(100'000)).find("messages nest deeper than 100")
    != std::string::npos);
}

BOOST_AUTO_TEST_CASE(limits_nesting_to_what_libprotobuf_parses) {
  // Each graph inside another one is three messages deeper.
  BOOST_TEST(refused(nested_graphs(32)) == "");
  BOOST_TEST(refused(nested_graphs(33)).find("messages nest deeper than 100")
             != std::string::npos);
}

/// What a list with many of `one`, two bytes each, comes to.
expected<wire_map> scan_many(size_t count, const std::string& one,
                             uint64_t memory) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i)
    bytes += one;
  return scan_model(string_bytes{field(graph, bytes)}, 8, memory);
}

BOOST_AUTO_TEST_CASE(counts_what_empty_messages_and_texts_take) {
  const auto shape = [](const std::string& dimensions) {
    return field(13, field(2, field(1, field(2, dimensions))));
  };
  constexpr size_t count = 10'000;
  for (const auto& one :
       {field(node, ""), field(initializer, ""), field(15, ""), field(11, ""),
        field(14, ""), field(node, field(attribute, "")),
        field(node, field(1, "")), field(initializer, field(13, "")),
        field(initializer, "\x08\x01"), shape(field(1, ""))}) {
    BOOST_TEST(code(scan_many(count, one, count * 64))
               == ec::resource_exhausted);
    BOOST_TEST(code(scan_many(count, one, count * 1024)) == ec::none);
  }
}

BOOST_AUTO_TEST_CASE(counts_packed_numbers_as_they_are_held) {
  const auto bytes = field(
    graph, field(node, field(attribute, field(8, std::string(10'000, '\1')))));

  BOOST_TEST(text(scan_model(string_bytes{bytes}, 8, 1 << 16))
             == "onnx: the graph would take more than 0 MiB of memory");
  BOOST_TEST(code(scan_model(string_bytes{bytes}, 8, 1 << 17)) == ec::none);
}

BOOST_AUTO_TEST_CASE(counts_no_memory_for_large_data) {
  BOOST_TEST(code(scan_model(huge_model{uint64_t{5} << 40}, 1024, 4096))
             == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(editing)

namespace {

std::string edited(const std::string& bytes, const std::string& with,
                   uint32_t as = raw_data) {
  const auto map = must(scan(bytes));
  const std::vector<replacement> each(map.payloads.size(), {as, with.size()});
  const auto pieces = must(replace_payloads(map, each));
  std::string result;
  for (const auto& piece : pieces.pieces) {
    result += bytes.substr(piece.copied_from, piece.copied) + piece.literal;
    if (piece.payload != wire_piece::none)
      result += with;
  }
  BOOST_TEST(result.size() == pieces.size);
  return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(recomputes_all_lengths_around_a_longer_payload) {
  const auto with = [](const std::string& data) {
    return "\x08\x07"
           + field(graph, field(initializer, "\x08\x01" + field(raw_data, data)
                                               + field(8, "name"))
                            + field(2, "g"))
           + field(8, "");
  };

  BOOST_TEST(edited(with("123456789"), std::string(40'000, 'x'))
             == with(std::string(40'000, 'x')));
}

BOOST_AUTO_TEST_CASE(shortens_lengths_that_were_written_too_long) {
  // Graph, tensor and data each with a length of three bytes.
  const auto padded =
    "\x3a\x92\x80\x00\x2a\x8e\x80\x00\x4a\x8a\x80\x00"s + "0123456789";

  BOOST_TEST(edited(padded, "ab")
             == field(graph, field(initializer, field(raw_data, "ab"))));
}

BOOST_AUTO_TEST_CASE(moves_data_to_another_field) {
  const auto in = [](uint32_t number, const std::string& data) {
    return field(graph, field(initializer, field(number, data)));
  };

  BOOST_TEST(edited(in(int64_data, "123456789"), "ab", raw_data)
             == in(raw_data, "ab"));
}

BOOST_AUTO_TEST_SUITE_END()
