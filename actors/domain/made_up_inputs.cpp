#include "actors/domain/made_up_inputs.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace trivium::domain {

namespace {

/// splitmix64 (Steele, Lea, Flood, OOPSLA '14): the same everywhere, unlike the
/// standard library's distributions.
class random_stream {
public:
  explicit random_stream(uint64_t seed) : state_(seed) {}

  uint64_t bits() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// In [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

  /// Mean 0, variance 1, within ±6: the sum of twelve uniforms needs no libm.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += uniform();
    return sum;
  }

  /// In [low, high], both ends included; every value nearly as likely.
  int64_t integer(int64_t low, int64_t high) {
    const auto span =
      static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    const auto offset = span == 0 ? bits() : bits() % span;
    return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
  }

private:
  uint64_t state_;
};

tl::unexpected<error> bad(const tensor_signature& input,
                          const std::string& text) {
  return fail(ec::invalid_argument,
              "input \"" + printable(input.name) + "\": " + text);
}

bool is_float(tensor_type type) {
  return type == tensor_type::f64 || is_quantizable_source(type);
}

/// What an integer type can hold, as far as a double tells it exactly.
std::optional<input_range> limits_of(tensor_type type) {
  constexpr double safe = 9007199254740992; // 2^53
  switch (type) {
  case tensor_type::i64:
    return input_range{-safe, safe};
  case tensor_type::i32:
    return input_range{-0x1p31, 0x1p31 - 1};
  case tensor_type::i16:
    return input_range{-0x1p15, 0x1p15 - 1};
  case tensor_type::i8:
    return input_range{-128, 127};
  case tensor_type::u64:
    return input_range{0, safe};
  case tensor_type::u32:
    return input_range{0, 0x1p32 - 1};
  case tensor_type::u16:
    return input_range{0, 0x1p16 - 1};
  case tensor_type::u8:
    return input_range{0, 255};
  case tensor_type::boolean:
    return input_range{0, 1};
  default:
    return std::nullopt;
  }
}

std::string dimensions(std::span<const int64_t> shape) {
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ",")
            + (shape[i] < 0 ? std::string{"?"} : std::to_string(shape[i]));
  return "[" + text + "]";
}

expected<tensor_shape> shape_for(const tensor_signature& input,
                                 const input_hints& wishes) {
  const auto is_dynamic = [](int64_t d) { return d < 0; };
  const auto wish = wishes.shapes.find(input.name);
  if (wish == wishes.shapes.end()) {
    if (std::any_of(input.shape.begin(), input.shape.end(), is_dynamic))
      return bad(input, "its shape is " + dimensions(input.shape)
                          + "; say --shape " + printable(input.name)
                          + "=… or give a golden set");
    return tensor_shape(input.shape.begin(), input.shape.end());
  }
  const auto& shape = wish->second;
  const bool fits = std::equal(
    shape.begin(), shape.end(), input.shape.begin(), input.shape.end(),
    [](uint64_t wanted, int64_t declared) {
      return declared < 0 || wanted == static_cast<uint64_t>(declared);
    });
  if (!fits)
    return bad(input, "--shape says " + to_string(shape) + ", the graph has "
                        + dimensions(input.shape));
  return shape;
}

/// The range wished for, checked; none for a float without a wish.
expected<std::optional<input_range>> range_for(const tensor_signature& input,
                                               const input_hints& wishes) {
  const auto limits = limits_of(input.type);
  if (!limits && !is_float(input.type))
    return fail(ec::unsupported,
                "input \"" + printable(input.name) + "\": no value of type "
                  + std::string{to_string(input.type)} + " can be made up");
  const auto wish = wishes.ranges.find(input.name);
  if (wish == wishes.ranges.end()) {
    if (limits)
      return bad(input, "holds " + std::string{to_string(input.type)}
                          + "; say --input-range " + printable(input.name)
                          + "=a:b or give a golden set");
    return std::nullopt;
  }
  const auto range = wish->second;
  if (!std::isfinite(range.low) || !std::isfinite(range.high)
      || range.low > range.high || !std::isfinite(range.high - range.low))
    return bad(input, "--input-range wants a:b with finite a ≤ b");
  if (limits && (range.low < limits->low || range.high > limits->high))
    return bad(input, "--input-range leaves what "
                        + std::string{to_string(input.type)} + " holds");
  if (limits && std::ceil(range.low) > std::floor(range.high))
    return bad(input, "--input-range holds no whole number");
  return range;
}

/// Round half even, overflow to infinity: IEEE 754 binary16.
uint16_t to_f16(double value) {
  const auto sign = static_cast<uint16_t>(std::signbit(value) ? 0x8000 : 0);
  const auto magnitude = std::abs(value);
  if (magnitude >= 65520)
    return sign | 0x7c00;
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  // The spacing of halves at this magnitude; 2^-24 for subnormal ones.
  exponent = std::max(exponent - 11, -24);
  const auto steps =
    static_cast<uint16_t>(std::nearbyint(std::ldexp(magnitude, -exponent)));
  // Steps of 1024 and 2048 carry into the exponent by themselves.
  return sign | static_cast<uint16_t>(((exponent + 24) << 10) + steps);
}

uint16_t to_bf16(double value) {
  const auto bits = std::bit_cast<uint32_t>(static_cast<float>(value));
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <class T>
void store(T value, std::byte* out) {
  std::memcpy(out, &value, sizeof(value));
}

void store_float(tensor_type type, double value, std::byte* out) {
  switch (type) {
  case tensor_type::f64:
    return store(value, out);
  case tensor_type::f32:
    return store(static_cast<float>(value), out);
  case tensor_type::f16:
    return store(to_f16(value), out);
  default:
    return store(to_bf16(value), out);
  }
}

void fill(tensor_value& tensor, const std::optional<input_range>& range,
          random_stream& random) {
  const auto size = geometry(tensor.type).bytes;
  for (size_t at = 0; at < tensor.bytes.size(); at += size) {
    auto* const out = tensor.bytes.data() + at;
    if (!is_float(tensor.type)) {
      const auto value =
        random.integer(static_cast<int64_t>(std::ceil(range->low)),
                       static_cast<int64_t>(std::floor(range->high)));
      std::memcpy(out, &value, size); // little endian: the low bytes
    } else {
      store_float(tensor.type,
                  range
                    ? range->low + random.uniform() * (range->high - range->low)
                    : random.normal(),
                  out);
    }
  }
}

/// A wish for an input that does not exist is a slip of the pen.
template <class Wishes>
expected<void> check_known(const Wishes& wishes, const char* option,
                           std::span<const tensor_signature> inputs) {
  std::vector<std::string> names;
  for (const auto& input : inputs)
    names.push_back(input.name);
  for (const auto& [name, wish] : wishes) {
    if (std::find(names.begin(), names.end(), name) != names.end())
      continue;
    const auto meant = nearest(name, names);
    return fail(ec::invalid_argument,
                std::string{option} + ": the graph has no input \""
                  + printable(name) + "\""
                  + (meant.empty()
                       ? ""
                       : "; did you mean \"" + printable(meant) + "\"?"));
  }
  return {};
}

} // namespace

expected<std::vector<tensor_value>>
made_up_inputs(std::span<const tensor_signature> inputs,
               const input_hints& wishes, uint64_t seed) {
  TRIVIUM_CHECK(check_known(wishes.shapes, "--shape", inputs));
  TRIVIUM_CHECK(check_known(wishes.ranges, "--input-range", inputs));
  std::vector<tensor_value> values;
  uint64_t left = max_made_up_bytes;
  for (const auto& input : inputs) {
    tensor_value tensor{input.name, input.type, {}, {}};
    TRIVIUM_TRY(const auto range, range_for(input, wishes));
    TRIVIUM_TRY(tensor.shape, shape_for(input, wishes));
    TRIVIUM_TRY(const auto elements, element_count(tensor.shape));
    TRIVIUM_TRY(const auto bytes, size_bytes(tensor.type, elements));
    if (bytes > left)
      return fail(ec::resource_exhausted,
                  "input \"" + printable(input.name) + "\" of shape "
                    + to_string(tensor.shape) + ": made-up inputs have at most "
                    + std::to_string(max_made_up_bytes >> 20) + " MiB");
    left -= bytes;
    tensor.bytes.resize(bytes);
    random_stream random{seed + values.size()};
    fill(tensor, range, random);
    values.push_back(std::move(tensor));
  }
  return values;
}

} // namespace trivium::domain
