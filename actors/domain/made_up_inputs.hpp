#pragma once

#include "messages/values/job.hpp"
#include "messages/values/tensor_value.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace trivium::domain {

inline constexpr uint64_t made_up_seed = 0x7472697669756d; ///< "trivium"
inline constexpr uint64_t max_made_up_bytes = uint64_t{1} << 30;

/// One value for each input: the right shape and type without meaning, so good
/// for a smoke test at most. The same arguments give the same bytes on every
/// machine. Floats are close to N(0, 1), or uniform in their range. Integers
/// and booleans need a range, dynamic dimensions a shape: what an index or a
/// length may be cannot be guessed. Errors: invalid_argument (naming the input
/// and the option that is wanted; a wish that fits no input), unsupported (a
/// type that cannot be made up), resource_exhausted above max_made_up_bytes.
[[nodiscard]] expected<std::vector<tensor_value>>
made_up_inputs(std::span<const tensor_signature> inputs,
               const input_hints& wishes, uint64_t seed = made_up_seed);

} // namespace trivium::domain
