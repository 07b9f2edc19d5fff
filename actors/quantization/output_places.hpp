#pragma once

#include "messages/values/tensor_type.hpp"
#include "storage/formats/output_layout.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace trivium::actors {

/// Where one computed part of a tensor goes in the output.
struct output_place {
  size_t file = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  tensor_type type = tensor_type::i8;
};

struct tensor_places {
  std::optional<output_place> values;
  std::optional<output_place> scales;
};

/// The computed segments of a layout by tensor, for `tensors` tensors.
[[nodiscard]] std::vector<tensor_places>
places_of(const storage::output_layout& layout, size_t tensors);

} // namespace trivium::actors
