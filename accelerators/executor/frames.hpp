#pragma once

#include "accelerators/executor/byte_channel.hpp"
#include "messages/values/tensor_value.hpp"

#include "trivium/v1/executor.pb.h"

#include <cstdint>
#include <span>
#include <vector>

namespace trivium::accelerators {

/// Largest message in a frame; tensor bytes do not count.
inline constexpr uint32_t max_frame_bytes = 1 << 20;
inline constexpr int max_tensors = 4096;
inline constexpr size_t max_tensor_name_bytes = 1024;
inline constexpr int max_rank = 64;

/// Sends one frame: "TXF1", u32 length (little endian), the message.
/// Error: invalid_argument above max_frame_bytes; those of the channel.
[[nodiscard]] expected<void>
send_frame(byte_channel& channel, const google::protobuf::MessageLite& message);

/// Receives one frame. The other end may be hostile: the length is checked
/// before anything is allocated. Error: internal for anything but a sound
/// frame; those of the channel.
[[nodiscard]] expected<void>
receive_frame(byte_channel& channel, google::protobuf::MessageLite& message);

/// Names, types, shapes and sizes of `tensors`.
[[nodiscard]] v1::ExecutorTensors
described(std::span<const tensor_value> tensors);

/// The bytes of `tensors`, in order: what follows the frame that names them.
[[nodiscard]] expected<void> send_bytes(byte_channel& channel,
                                        std::span<const tensor_value> tensors);

/// Receives the tensors that `description` announces. Everything in it is
/// checked first: type, rank, shape × type = bytes, at most `limit` bytes in
/// all. Memory grows only as bytes arrive. Error: internal; those of the
/// channel.
[[nodiscard]] expected<std::vector<tensor_value>>
receive_tensors(byte_channel& channel, const v1::ExecutorTensors& description,
                uint64_t limit);

} // namespace trivium::accelerators
