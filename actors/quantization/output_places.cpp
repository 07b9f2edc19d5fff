#include "actors/quantization/output_places.hpp"

namespace trivium::actors {

std::vector<tensor_places> places_of(const storage::output_layout& layout,
                                     size_t tensors) {
  std::vector<tensor_places> places(tensors);
  for (size_t file = 0; file < layout.files.size(); ++file)
    for (const auto& segment : layout.files[file].segments) {
      const auto* computed =
        std::get_if<storage::computed_bytes>(&segment.content);
      if (computed == nullptr || computed->tensor >= tensors)
        continue;
      const output_place place{file, segment.offset, segment.size,
                               computed->type};
      auto& of_tensor = places[computed->tensor];
      if (computed->part == storage::computed_part::values)
        of_tensor.values = place;
      else
        of_tensor.scales = place;
    }
  return places;
}

} // namespace trivium::actors
