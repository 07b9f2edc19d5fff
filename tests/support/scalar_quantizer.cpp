#include "tests/support/scalar_quantizer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace trivium::test {

namespace {

float from_half(uint16_t bits) {
  const auto sign = bits >> 15 != 0 ? -1.0f : 1.0f;
  const auto exponent = static_cast<int>(bits >> 10 & 31);
  const auto fraction = static_cast<float>(bits & 1023);
  if (exponent == 31)
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0)
    return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(fraction + 1024, exponent - 25);
}

uint16_t to_half(float value) {
  const auto sign = static_cast<uint16_t>(std::signbit(value) ? 0x8000 : 0);
  const auto size = std::fabs(value);
  if (std::isnan(size))
    return sign | 0x7e00;
  if (size >= 65520.0f)
    return sign | 0x7c00;
  const auto exponent = std::max(size > 0 ? std::ilogb(size) : -14, -14);
  const auto steps =
    static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
  // Normal numbers carry their leading 1024 into the exponent, as a rounding
  // up to the next power of two does.
  return static_cast<uint16_t>(sign + ((exponent + 14) << 10) + steps);
}

float from_bfloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

uint16_t to_bfloat(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float rounded_to(float value, tensor_type type) {
  switch (type) {
  case tensor_type::f16:
    return from_half(to_half(value));
  case tensor_type::bf16:
    return from_bfloat(to_bfloat(value));
  default:
    return value;
  }
}

float epsilon(tensor_type type) {
  switch (type) {
  case tensor_type::f16:
    return 0x1p-10f;
  case tensor_type::bf16:
    return 0x1p-7f;
  default:
    return 0x1p-23f;
  }
}

/// The scale of a channel and, with it, the stored form of one value.
struct channel_rule {
  scheme action;
  tensor_type type;

  [[nodiscard]] float scale(float absmax) const {
    if (action == scheme::int8_channel)
      return absmax == 0 ? 1.0f : absmax / 127.0f;
    const auto s = rounded_to(absmax / 127.5f, type);
    return s == 0 ? epsilon(type) : s;
  }

  [[nodiscard]] char encode(float x, float scale) const {
    auto quotient = x / scale;
    if (action == scheme::int8_row_ct)
      quotient = rounded_to(quotient, type);
    return static_cast<char>(static_cast<int8_t>(
      std::nearbyint(std::clamp(quotient, -128.0f, 127.0f))));
  }
};

quantized_bytes quantize_channels(std::span<const float> x, scheme action,
                                  tensor_type type, size_t channels,
                                  size_t inner) {
  const channel_rule rule{action, type};
  std::vector<float> scales(channels, 0.0f);
  for (size_t i = 0; i < x.size(); ++i) {
    auto& absmax = scales[i / inner % channels];
    absmax = std::max(absmax, std::fabs(x[i]));
  }
  for (auto& scale : scales)
    scale = rule.scale(scale);
  quantized_bytes result;
  for (size_t i = 0; i < x.size(); ++i)
    result.values += rule.encode(x[i], scales[i / inner % channels]);
  const auto scale_type =
    action == scheme::int8_row_ct ? type : tensor_type::f32;
  for (const auto scale : scales)
    result.scales += stored(scale, scale_type);
  return result;
}

/// ggml's quantize_row_q8_0_ref: d = absmax / 127, q = roundf(x · (1 / d)).
quantized_bytes quantize_q8_0(std::span<const float> x) {
  constexpr size_t block = 32;
  quantized_bytes result;
  for (size_t begin = 0; begin < x.size(); begin += block) {
    float absmax = 0;
    for (size_t i = 0; i < block; ++i)
      absmax = std::max(absmax, std::fabs(x[begin + i]));
    const auto d = absmax / 127.0f;
    const auto inverse = d != 0 ? 1.0f / d : 0.0f;
    result.values += stored(d, tensor_type::f16);
    for (size_t i = 0; i < block; ++i)
      result.values += static_cast<char>(
        static_cast<int8_t>(std::round(x[begin + i] * inverse)));
  }
  return result;
}

} // namespace

std::vector<float> to_floats(std::span<const std::byte> bytes,
                             tensor_type type) {
  const auto each = geometry(type).bytes;
  std::vector<float> values(bytes.size() / each);
  for (size_t i = 0; i < values.size(); ++i) {
    uint16_t bits = 0;
    if (type == tensor_type::f32)
      std::memcpy(&values[i], bytes.data() + i * each, each);
    else
      std::memcpy(&bits, bytes.data() + i * each, each);
    if (type == tensor_type::f16)
      values[i] = from_half(bits);
    else if (type == tensor_type::bf16)
      values[i] = from_bfloat(bits);
  }
  return values;
}

std::string stored(float value, tensor_type type) {
  const auto half =
    type == tensor_type::f16 ? to_half(value) : to_bfloat(value);
  std::string bytes(geometry(type).bytes, '\0');
  if (type == tensor_type::f32)
    std::memcpy(bytes.data(), &value, bytes.size());
  else
    std::memcpy(bytes.data(), &half, bytes.size());
  return bytes;
}

quantized_bytes quantize(std::span<const float> x, scheme action,
                         tensor_type type, size_t channels, size_t inner) {
  return action == scheme::q8_0
           ? quantize_q8_0(x)
           : quantize_channels(x, action, type, channels, inner);
}

} // namespace trivium::test
