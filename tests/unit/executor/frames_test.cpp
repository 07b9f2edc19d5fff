#include "accelerators/executor/frames.hpp"
#include "tests/support/expected_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace trivium;
using namespace trivium::accelerators;
using namespace trivium::test;

namespace {

/// Bytes that wait to be read, and those that were written.
class recorded_channel final : public byte_channel {
public:
  explicit recorded_channel(std::vector<std::byte> input = {})
    : input_(std::move(input)) {}

  expected<void> read(std::span<std::byte> out) override {
    if (out.size() > input_.size() - position_)
      return fail(ec::unavailable, "end");
    if (!out.empty())
      std::memcpy(out.data(), input_.data() + position_, out.size());
    position_ += out.size();
    return {};
  }

  expected<void> write(std::span<const std::byte> bytes) override {
    written.insert(written.end(), bytes.begin(), bytes.end());
    return {};
  }

  std::vector<std::byte> written;

private:
  std::vector<std::byte> input_;
  size_t position_ = 0;
};

std::vector<std::byte> documented_example() {
  std::ifstream file{TRIVIUM_SOURCE_DIR "/docs/formats/executor_protocol.md"};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  const std::string opening = "```hex\n";
  const auto begin = page.find(opening) + opening.size();
  std::istringstream words{page.substr(begin, page.find("```", begin) - begin)};
  std::vector<std::byte> bytes;
  for (std::string word; words >> word;)
    bytes.push_back(static_cast<std::byte>(std::stoi(word, nullptr, 16)));
  return bytes;
}

tensor_value documented_tensor() {
  tensor_value tensor{"x", tensor_type::f32, {2}, {}};
  const float values[]{1.5F, -2};
  tensor.bytes.resize(sizeof(values));
  std::memcpy(tensor.bytes.data(), values, sizeof(values));
  return tensor;
}

} // namespace

BOOST_AUTO_TEST_SUITE(framing)

BOOST_AUTO_TEST_CASE(writes_the_documented_bytes) {
  recorded_channel channel;
  const std::vector tensors{documented_tensor()};

  BOOST_REQUIRE(send_frame(channel, described(tensors)));
  BOOST_REQUIRE(send_bytes(channel, tensors));

  BOOST_TEST((channel.written == documented_example()));
}

BOOST_AUTO_TEST_CASE(reads_the_documented_bytes) {
  recorded_channel channel{documented_example()};
  v1::ExecutorTensors description;

  must(receive_frame(channel, description));
  const auto tensors = must(receive_tensors(channel, description, 8));

  const auto wanted = documented_tensor();
  BOOST_TEST(tensors.at(0).name == wanted.name);
  BOOST_TEST((tensors.at(0).shape == wanted.shape));
  BOOST_TEST((tensors.at(0).bytes == wanted.bytes));
}

BOOST_AUTO_TEST_CASE(ends_where_the_bytes_end) {
  const auto whole = documented_example();
  for (size_t size = 0; size < whole.size(); ++size) {
    recorded_channel channel{
      {whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)}};
    v1::ExecutorTensors description;

    const auto framed = receive_frame(channel, description);
    const auto tensors =
      framed ? receive_tensors(channel, description, 8)
             : expected<std::vector<tensor_value>>{fail(framed.error())};

    BOOST_TEST(code(tensors) == ec::unavailable, size);
  }
}

BOOST_AUTO_TEST_CASE(counts_all_tensors_against_the_limit) {
  const std::vector tensors{documented_tensor(), documented_tensor()};
  recorded_channel channel;

  const auto received = receive_tensors(channel, described(tensors), 15);

  BOOST_TEST(code(received) == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(sends_no_frame_that_the_other_side_refuses) {
  recorded_channel channel;
  v1::ExecutorReply reply;
  reply.mutable_failure()->set_text(std::string(max_frame_bytes, 'x'));

  BOOST_TEST(code(send_frame(channel, reply)) == ec::invalid_argument);
  BOOST_TEST(channel.written.empty());
}

BOOST_AUTO_TEST_SUITE_END()
