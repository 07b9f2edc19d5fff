#include "tests/unit/accelerators/ggml_decoders.hpp"

#include "accelerators/cpu/arithmetic.hpp"

namespace trivium::accelerators::test {

namespace {

float half_at(const uint8_t* bytes) {
  uint16_t half = 0;
  std::memcpy(&half, bytes, sizeof half);
  return arithmetic::from_f16(half);
}

void read_q4_0(const uint8_t* block, float* out) {
  const auto step = half_at(block);
  for (int i = 0; i < 16; ++i) {
    out[i] = static_cast<float>((block[2 + i] & 15) - 8) * step;
    out[i + 16] = static_cast<float>((block[2 + i] >> 4) - 8) * step;
  }
}

void read_q4_k(const uint8_t* block, float* out) {
  const auto step = half_at(block);
  const auto minimum_step = half_at(block + 2);
  const auto* packed = block + 4;
  const auto* levels = block + 16;
  for (int part = 0; part < 8; ++part) {
    const auto is_low = part < 4;
    const auto scale =
      is_low ? packed[part] & 63
             : (packed[part + 4] & 15) | ((packed[part - 4] >> 6) << 4);
    const auto minimum =
      is_low ? packed[part + 4] & 63
             : (packed[part + 4] >> 4) | ((packed[part] >> 6) << 4);
    const auto factor = step * static_cast<float>(scale);
    const auto shift = minimum_step * static_cast<float>(minimum);
    for (int i = 0; i < 32; ++i) {
      const auto both = levels[part / 2 * 32 + i];
      const auto level = part % 2 == 0 ? both & 15 : both >> 4;
      out[part * 32 + i] = factor * static_cast<float>(level) - shift;
    }
  }
}

void read_q6_k(const uint8_t* block, float* out) {
  const auto step = half_at(block + 208);
  for (int half = 0; half < 2; ++half) {
    const auto* low = block + half * 64;
    const auto* high = block + 128 + half * 32;
    const auto* scales = block + 192 + half * 8;
    for (int i = 0; i < 128; ++i) {
      const auto quarter = i / 32;
      const auto nibbles = low[i % 64];
      const auto nibble = i < 64 ? nibbles & 15 : nibbles >> 4;
      const auto level =
        (nibble | (((high[i % 32] >> (2 * quarter)) & 3) << 4)) - 32;
      out[half * 128 + i] =
        step * static_cast<float>(static_cast<int8_t>(scales[i / 16]))
        * static_cast<float>(level);
    }
  }
}

} // namespace

ggml_format ggml_format_of(const std::string& name) {
  if (name == "q4_0")
    return {32, 18, read_q4_0};
  if (name == "q4_k")
    return {256, 144, read_q4_k};
  return {256, 210, read_q6_k};
}

std::vector<float> decoded(const ggml_format& format,
                           const std::vector<uint8_t>& blocks) {
  std::vector<float> out(blocks.size() / format.bytes * format.elements);
  for (size_t i = 0; i < blocks.size() / format.bytes; ++i)
    format.decode(blocks.data() + i * format.bytes,
                  out.data() + i * format.elements);
  return out;
}

} // namespace trivium::accelerators::test
