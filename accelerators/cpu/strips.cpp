#include "accelerators/cpu/strips.hpp"

namespace trivium::accelerators {

strip_scales scales_of(const strip& s, std::span<const float> scales) {
  strip_scales out;
  out.unit = 0;
  for (uint32_t column = 0; column < s.shape.width; ++column) {
    const float scale = scales[s.channel(column)];
    out.scale[column] = scale;
    out.inverse[column] = 1.0F / scale;
    out.unit = std::max(out.unit, scale);
  }
  for (uint32_t column = 0; column < s.shape.width; ++column)
    out.weight[column] = out.scale[column] / out.unit;
  // The kernels work in units of 32: what lies beyond the last column is zero.
  for (uint32_t column = s.shape.width; column < strip_width; ++column) {
    out.scale[column] = out.inverse[column] = 1;
    out.weight[column] = 0;
  }
  return out;
}

} // namespace trivium::accelerators
