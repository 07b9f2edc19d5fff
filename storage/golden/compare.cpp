#include "storage/golden/compare.hpp"

#include "messages/values/names.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace trivium::storage {

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();

template <class T>
T load(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

/// IEEE 754 binary16.
double from_f16(uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int mantissa = bits & 0x3ff;
  double magnitude = exponent == 0 ? std::ldexp(mantissa, -24)
                                   : std::ldexp(mantissa + 1024, exponent - 25);
  if (exponent == 0x1f)
    magnitude =
      mantissa == 0 ? infinity : std::numeric_limits<double>::quiet_NaN();
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

double from_bf16(uint16_t bits) {
  return std::bit_cast<float>(uint32_t{bits} << 16);
}

double element(tensor_type type, const std::byte* bytes) {
  switch (type) {
  case tensor_type::f64:
    return load<double>(bytes);
  case tensor_type::f32:
    return load<float>(bytes);
  case tensor_type::f16:
    return from_f16(load<uint16_t>(bytes));
  case tensor_type::bf16:
    return from_bf16(load<uint16_t>(bytes));
  case tensor_type::i64:
    return static_cast<double>(load<int64_t>(bytes));
  case tensor_type::i32:
    return load<int32_t>(bytes);
  case tensor_type::i16:
    return load<int16_t>(bytes);
  case tensor_type::i8:
    return load<int8_t>(bytes);
  case tensor_type::u64:
    return static_cast<double>(load<uint64_t>(bytes));
  case tensor_type::u32:
    return load<uint32_t>(bytes);
  case tensor_type::u16:
    return load<uint16_t>(bytes);
  default:
    return load<uint8_t>(bytes);
  }
}

bool is_float(tensor_type type) {
  return type == tensor_type::f64 || is_quantizable_source(type);
}

/// Adds one pair of elements; `index` is theirs.
void add(output_comparison& total, uint64_t index, double golden, double got,
         bool agrees) {
  if (std::isfinite(golden) && std::isfinite(got)) {
    const auto difference = std::abs(golden - got);
    total.sums.signal += golden * golden;
    total.sums.approximation += got * got;
    total.sums.product += golden * got;
    total.sums.noise += difference * difference;
    if (difference > total.sums.max_error) {
      total.sums.max_error = difference;
      total.worst = {index, golden, got};
    }
  } else if (!agrees && total.sums.max_error < infinity) {
    total.sums.noise = infinity;
    total.sums.max_error = infinity;
    total.worst = {index, golden, got};
  }
  ++total.sums.count;
  total.mismatches += agrees ? 0 : 1;
}

bool agree(double golden, double got, const tolerance& allowed) {
  if (std::isfinite(golden) && std::isfinite(got))
    return std::abs(golden - got)
           <= allowed.absolute + allowed.relative * std::abs(golden);
  return golden == got || (std::isnan(golden) && std::isnan(got));
}

output_comparison compare(const tensor_value& golden, const tensor_value& got,
                          const tolerance& allowed) {
  output_comparison total;
  total.name = golden.name;
  const auto size = geometry(golden.type).bytes;
  for (uint64_t i = 0, at = 0; at < golden.bytes.size(); ++i, at += size) {
    const auto* a = golden.bytes.data() + at;
    const auto* b = got.bytes.data() + at;
    const auto x = element(golden.type, a);
    const auto y = element(golden.type, b);
    // 64-bit integers that differ may be one double: compare their bytes.
    const bool agrees = is_float(golden.type) ? agree(x, y, allowed)
                                              : std::memcmp(a, b, size) == 0;
    add(total, i, x, y, agrees);
    if (!agrees && x == y && total.sums.max_error < 1) {
      total.sums.max_error = 1;
      total.sums.noise += 1;
      total.worst = {i, x, y};
    }
  }
  return total;
}

std::string described(const tensor_value& tensor) {
  return std::string{to_string(tensor.type)} + " " + to_string(tensor.shape);
}

expected<const tensor_value*> counterpart(const tensor_value& golden,
                                          std::span<const tensor_value> got) {
  for (const auto& candidate : got) {
    if (candidate.name != golden.name)
      continue;
    if (candidate.type != golden.type || candidate.shape != golden.shape
        || candidate.bytes.size() != golden.bytes.size())
      return fail(ec::invalid_argument, "output \"" + printable(golden.name)
                                          + "\": " + described(candidate)
                                          + ", golden is " + described(golden));
    return &candidate;
  }
  return fail(ec::invalid_argument, "output \"" + printable(golden.name)
                                      + "\" of the golden set is missing");
}

} // namespace

output_comparison&
output_comparison::operator+=(const output_comparison& other) {
  if (other.sums.max_error > sums.max_error) {
    worst = other.worst;
    worst_case = other.worst_case;
  }
  sums += other.sums;
  mismatches += other.mismatches;
  return *this;
}

expected<std::vector<output_comparison>>
compare_outputs(std::span<const tensor_value> golden,
                std::span<const tensor_value> got, const tolerance& allowed) {
  std::vector<output_comparison> comparisons;
  for (const auto& tensor : golden) {
    if (geometry(tensor.type).bytes == 0 || geometry(tensor.type).elements != 1)
      return fail(ec::invalid_argument,
                  "output \"" + printable(tensor.name) + "\" has the type "
                    + std::string{to_string(tensor.type)});
    TRIVIUM_TRY(const auto* other, counterpart(tensor, got));
    comparisons.push_back(compare(tensor, *other, allowed));
  }
  return comparisons;
}

} // namespace trivium::storage
