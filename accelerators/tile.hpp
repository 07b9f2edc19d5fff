#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/error_sums.hpp"
#include "messages/values/recipe.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace trivium::accelerators {

/// A tensor, or a slice of one, seen as [outer, channels, inner], row-major;
/// a scale belongs to a channel.
struct channel_view {
  uint64_t outer = 1;
  uint64_t channels = 1;
  uint64_t inner = 1;

  [[nodiscard]] uint64_t elements() const { return outer * channels * inner; }
};

enum class tile_step : uint8_t {
  /// Whole channels lie in the tile (outer = 1): scales and values in one pass.
  /// Q8_0 tiles (whole blocks) are always of this step.
  fuse,
  /// Raises `absmax_bits` per channel by what the tile holds.
  measure,
  /// Values from scales that are known.
  encode
};

/// One unit of device work: a slice of a tensor that a device turns into its
/// quantized form. Spans belong to the caller and live until the call returns.
struct tile_call {
  scheme action = scheme::int8_channel;
  tile_step step = tile_step::fuse;
  tensor_type source_type = tensor_type::f32;
  channel_view view;                 ///< Of this tile, not of the tensor.
  std::span<const std::byte> source; ///< view.elements() of source_type.
  std::span<std::byte> values;       ///< fuse, encode: the quantized bytes.
  std::span<float> scales;           ///< fuse: written; encode: read.
  std::span<uint32_t> absmax_bits; ///< measure: [channels], max of |x|'s bits.
  /// Scales are rounded to this type before use (int8_row_ct of bf16 weights).
  tensor_type scale_type = tensor_type::f32;
  bool wants_error_sums = true; ///< fuse, encode.
};

struct tile_outcome {
  /// Index in the tile of the first NaN or infinity; nothing else holds then.
  std::optional<uint64_t> non_finite;
  error_sums errors;
};

/// What every device asks of a call before it touches a byte: each span has the
/// size that `view` gives, the step suits the scheme, `int8_row_ct` has
/// scale_type = source_type, and the scales of `encode` are positive and
/// finite (int8_channel: within [2^-126, 2^126]). Error: invalid_argument.
[[nodiscard]] expected<void> check(const tile_call& call);

/// The index of the first NaN or infinity among the elements of `source`.
[[nodiscard]] std::optional<uint64_t>
first_non_finite(std::span<const std::byte> source, tensor_type type);

/// The scale of a channel whose largest |x| has the bits `absmax_bits`, as
/// `action` defines it and rounded to `scale_type`. Always positive and finite
/// when |x| is finite, but for q8_0, where it is the stored f16.
///
/// int8_channel: absmax/127; 1 where that is 0 or below the smallest normal f32
/// (as onnxruntime's quantizer), or 0 as `scale_type`; at most 65504 as f16.
/// int8_row_ct: absmax/127.5; `scale_type`'s epsilon where that is 0, as
/// compressed-tensors 0.20.
[[nodiscard]] float channel_scale(scheme action, uint32_t absmax_bits,
                                  tensor_type scale_type);

} // namespace trivium::accelerators
