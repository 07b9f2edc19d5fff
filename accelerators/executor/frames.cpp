#include "accelerators/executor/frames.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace trivium::accelerators {

namespace {

constexpr std::array<uint8_t, 4> magic{'T', 'X', 'F', '1'};
constexpr size_t prefix_bytes = 8;
constexpr size_t piece_bytes = size_t{4} << 20;

tl::unexpected<error> broken(const std::string& text) {
  return fail(ec::internal, "executor protocol: " + text);
}

void put_u32(uint32_t number, uint8_t* out) {
  for (int i = 0; i < 4; ++i)
    out[i] = static_cast<uint8_t>(number >> (8 * i));
}

uint32_t u32_at(const uint8_t* bytes) {
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i)
    number |= uint32_t{bytes[i]} << (8 * i);
  return number;
}

/// The tensor without its bytes, and how many there will be.
expected<std::pair<tensor_value, uint64_t>>
announced(const v1::ExecutorTensor& wire) {
  tensor_value tensor;
  if (wire.name().size() > max_tensor_name_bytes)
    return broken("a tensor's name has " + std::to_string(wire.name().size())
                  + " bytes, at most " + std::to_string(max_tensor_name_bytes)
                  + " are taken");
  tensor.name = wire.name();
  const auto shown = "tensor \"" + printable(tensor.name) + "\"";
  tensor.type = tensor_type_from(wire.type());
  if (geometry(tensor.type).bytes == 0 || geometry(tensor.type).elements != 1)
    return broken(shown + " has the type \"" + printable(wire.type()) + "\"");
  if (wire.shape_size() > max_rank)
    return broken(shown + " has " + std::to_string(wire.shape_size())
                  + " dimensions, at most " + std::to_string(max_rank)
                  + " are taken");
  tensor.shape.assign(wire.shape().begin(), wire.shape().end());
  TRIVIUM_TRY(const auto elements, element_count(tensor.shape));
  TRIVIUM_TRY(const auto bytes, size_bytes(tensor.type, elements));
  if (bytes != wire.bytes())
    return broken(shown + ": " + std::to_string(wire.bytes())
                  + " bytes announced, shape " + to_string(tensor.shape)
                  + " of " + std::string{to_string(tensor.type)} + " has "
                  + std::to_string(bytes));
  return std::pair{std::move(tensor), bytes};
}

} // namespace

expected<void> send_frame(byte_channel& channel,
                          const google::protobuf::MessageLite& message) {
  const auto size = message.ByteSizeLong();
  if (size > max_frame_bytes)
    return fail(ec::invalid_argument,
                "executor protocol: a message of " + std::to_string(size)
                  + " bytes, at most " + std::to_string(max_frame_bytes)
                  + " can be sent");
  std::vector<uint8_t> frame(prefix_bytes + size);
  std::copy(magic.begin(), magic.end(), frame.begin());
  put_u32(static_cast<uint32_t>(size), frame.data() + magic.size());
  if (!message.SerializeToArray(frame.data() + prefix_bytes,
                                static_cast<int>(size)))
    return broken("a message cannot be written");
  return channel.write(std::as_bytes(std::span{frame}));
}

expected<void> receive_frame(byte_channel& channel,
                             google::protobuf::MessageLite& message) {
  std::array<uint8_t, prefix_bytes> prefix{};
  TRIVIUM_CHECK(channel.read(std::as_writable_bytes(std::span{prefix})));
  if (!std::equal(magic.begin(), magic.end(), prefix.begin()))
    return broken("a frame does not start with TXF1");
  const auto size = u32_at(prefix.data() + magic.size());
  if (size > max_frame_bytes)
    return broken("a frame of " + std::to_string(size) + " bytes, at most "
                  + std::to_string(max_frame_bytes) + " are taken");
  std::vector<uint8_t> body(size);
  TRIVIUM_CHECK(channel.read(std::as_writable_bytes(std::span{body})));
  if (!message.ParseFromArray(body.data(), static_cast<int>(size)))
    return broken("a frame of " + std::to_string(size)
                  + " bytes is no message");
  return {};
}

v1::ExecutorTensors described(std::span<const tensor_value> tensors) {
  v1::ExecutorTensors description;
  for (const auto& tensor : tensors) {
    auto& wire = *description.add_tensors();
    wire.set_name(tensor.name);
    wire.set_type(std::string{to_string(tensor.type)});
    for (const auto dimension : tensor.shape)
      wire.add_shape(dimension);
    wire.set_bytes(tensor.bytes.size());
  }
  return description;
}

expected<void> send_bytes(byte_channel& channel,
                          std::span<const tensor_value> tensors) {
  for (const auto& tensor : tensors)
    TRIVIUM_CHECK(channel.write(tensor.bytes));
  return {};
}

expected<std::vector<tensor_value>>
receive_tensors(byte_channel& channel, const v1::ExecutorTensors& description,
                uint64_t limit) {
  if (description.tensors_size() > max_tensors)
    return broken(std::to_string(description.tensors_size())
                  + " tensors, at most " + std::to_string(max_tensors)
                  + " are taken");
  std::vector<std::pair<tensor_value, uint64_t>> expected_tensors;
  auto left = limit;
  for (const auto& wire : description.tensors()) {
    TRIVIUM_TRY(auto tensor, announced(wire));
    if (tensor.second > left)
      return fail(ec::resource_exhausted,
                  "executor: tensor \"" + printable(tensor.first.name)
                    + "\" has " + std::to_string(tensor.second) + " bytes, "
                    + std::to_string(left) + " are left of the limit of "
                    + std::to_string(limit));
    left -= tensor.second;
    expected_tensors.push_back(std::move(tensor));
  }
  std::vector<tensor_value> tensors;
  for (auto& [tensor, size] : expected_tensors) {
    // Reserved pages cost nothing until a piece has really arrived.
    tensor.bytes.reserve(size);
    while (tensor.bytes.size() < size) {
      const auto begin = tensor.bytes.size();
      tensor.bytes.resize(std::min<size_t>(size, begin + piece_bytes));
      TRIVIUM_CHECK(channel.read(std::span{tensor.bytes}.subspan(begin)));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

} // namespace trivium::accelerators
