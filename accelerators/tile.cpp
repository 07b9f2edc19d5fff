#include "accelerators/tile.hpp"

#include "accelerators/cpu/arithmetic.hpp"

#include <limits>
#include <string>

namespace trivium::accelerators {

namespace {

constexpr uint64_t q8_0_elements = 32;
constexpr uint64_t q8_0_bytes = 34;

tl::unexpected<error> refuse(std::string text) {
  return fail(ec::invalid_argument, "tile: " + std::move(text));
}

expected<uint64_t> elements_of(const channel_view& view) {
  uint64_t count = 0;
  if (__builtin_mul_overflow(view.outer, view.channels, &count)
      || __builtin_mul_overflow(count, view.inner, &count)
      || count > std::numeric_limits<uint64_t>::max() / sizeof(float))
    return refuse("the view's element count overflows");
  return count;
}

expected<void> check_size(const char* what, uint64_t seen, uint64_t wanted) {
  if (seen != wanted)
    return refuse(std::string{what} + ": " + std::to_string(seen)
                  + " given, the view has " + std::to_string(wanted));
  return {};
}

expected<void> check_q8_0(const tile_call& call, uint64_t elements) {
  if (call.step != tile_step::fuse)
    return refuse("q8_0 has no step but fuse");
  if (elements % q8_0_elements != 0)
    return refuse("q8_0: " + std::to_string(elements)
                  + " elements are not whole blocks of 32");
  return check_size("q8_0 bytes", call.values.size(),
                    elements / q8_0_elements * q8_0_bytes);
}

expected<void> check_scales(const tile_call& call) {
  const bool is_channel = call.action == scheme::int8_channel;
  const float lowest = is_channel ? 0x1p-126F : 0x1p-149F;
  const float highest =
    is_channel ? 0x1p126F : std::numeric_limits<float>::max();
  for (size_t i = 0; i < call.scales.size(); ++i)
    if (!(call.scales[i] >= lowest && call.scales[i] <= highest))
      return refuse("scale " + std::to_string(i) + " is "
                    + std::to_string(call.scales[i])
                    + ", not positive and finite");
  return {};
}

expected<void> check_int8(const tile_call& call, uint64_t elements) {
  if (call.action == scheme::int8_row_ct && call.scale_type != call.source_type)
    return refuse("int8_row_ct keeps scales in the type of the weights");
  if (!is_quantizable_source(call.scale_type))
    return refuse("scales cannot be "
                  + std::string{to_string(call.scale_type)});
  if (call.step == tile_step::measure)
    return check_size("absmax_bits", call.absmax_bits.size(),
                      call.view.channels);
  if (call.step == tile_step::fuse && call.view.outer != 1)
    return refuse("fuse needs whole channels (outer = 1)");
  TRIVIUM_CHECK(check_size("values", call.values.size(), elements));
  TRIVIUM_CHECK(check_size("scales", call.scales.size(), call.view.channels));
  if (call.step == tile_step::encode)
    return check_scales(call);
  return {};
}

float int8_channel_scale(float absmax, tensor_type scale_type) {
  const float scale = absmax / 127.0F;
  if (scale < arithmetic::smallest_normal)
    return 1.0F;
  if (scale_type == tensor_type::bf16)
    return arithmetic::rounded_to_bf16(scale);
  if (scale_type != tensor_type::f16)
    return scale;
  constexpr float largest_f16 = 65504.0F;
  const float rounded =
    arithmetic::rounded_to_f16(scale < largest_f16 ? scale : largest_f16);
  return rounded == 0 ? 1.0F : rounded;
}

float row_ct_scale(float absmax, tensor_type scale_type) {
  const float scale = absmax / 127.5F;
  float rounded = scale;
  float epsilon = 0x1p-23F;
  if (scale_type == tensor_type::f16) {
    rounded = arithmetic::rounded_to_f16(scale);
    epsilon = 0x1p-10F;
  } else if (scale_type == tensor_type::bf16) {
    rounded = arithmetic::rounded_to_bf16(scale);
    epsilon = 0x1p-7F;
  }
  return rounded == 0 ? epsilon : rounded;
}

template <class Unsigned>
std::optional<uint64_t> first_at_least(std::span<const std::byte> source,
                                       Unsigned infinity) {
  constexpr auto magnitude = std::numeric_limits<Unsigned>::max() >> 1U;
  for (uint64_t i = 0; i < source.size() / sizeof(Unsigned); ++i) {
    Unsigned bits = 0;
    std::memcpy(&bits, source.data() + i * sizeof bits, sizeof bits);
    if ((bits & magnitude) >= infinity)
      return i;
  }
  return std::nullopt;
}

} // namespace

expected<void> check(const tile_call& call) {
  TRIVIUM_TRY(const auto elements, elements_of(call.view));
  if (!is_quantizable_source(call.source_type))
    return refuse("cannot quantize from "
                  + std::string{to_string(call.source_type)});
  const uint64_t width = call.source_type == tensor_type::f32 ? 4 : 2;
  TRIVIUM_CHECK(
    check_size("source bytes", call.source.size(), elements * width));
  switch (call.action) {
  case scheme::int8_channel:
  case scheme::int8_row_ct:
    return check_int8(call, elements);
  case scheme::q8_0:
    return check_q8_0(call, elements);
  case scheme::keep:
    break;
  }
  return refuse("nothing to compute for this scheme");
}

std::optional<uint64_t> first_non_finite(std::span<const std::byte> source,
                                         tensor_type type) {
  if (type == tensor_type::f32)
    return first_at_least<uint32_t>(source, arithmetic::infinity_bits);
  return first_at_least<uint16_t>(source,
                                  type == tensor_type::f16 ? 0x7c00 : 0x7f80);
}

float channel_scale(scheme action, uint32_t absmax_bits,
                    tensor_type scale_type) {
  const float absmax = arithmetic::float_of(absmax_bits);
  if (action == scheme::int8_row_ct)
    return row_ct_scale(absmax, scale_type);
  if (action == scheme::q8_0)
    return arithmetic::rounded_to_f16(arithmetic::q8_0_step_of(absmax).step);
  return int8_channel_scale(absmax, scale_type);
}

} // namespace trivium::accelerators
