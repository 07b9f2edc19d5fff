#pragma once

#include "messages/values/manifest.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trivium::storage {

/// A range of bytes of one of the source's files.
struct file_span {
  size_t file = 0; ///< Index into model_files::files.
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// Bytes that the format wrote: headers, graph, padding. The segment's size
/// says how many of `bytes`, from the first: segments of padding share theirs.
struct literal_bytes {
  std::shared_ptr<const std::string> bytes;

  [[nodiscard]] std::string_view first(uint64_t size) const {
    return std::string_view{*bytes}.substr(0, size);
  }
};

/// Bytes taken unchanged from the source.
struct copied_bytes {
  file_span from;
};

enum class computed_part : uint8_t { values, scales };

/// Bytes that quantizing a tensor gives. Values: int8 in the source's element
/// order, or Q8_0 blocks in order. Scales: one a channel, in channel order.
struct computed_bytes {
  size_t tensor = 0; ///< Index into model_source::tensors().
  computed_part part = computed_part::values;
  tensor_type type = tensor_type::i8; ///< Of a scale: f32, f16 or bf16.
};

struct output_segment {
  uint64_t offset = 0;
  uint64_t size = 0;
  std::variant<literal_bytes, copied_bytes, computed_bytes> content;
};

/// Segments in rising order, without holes or overlaps, covering the file.
struct output_file {
  std::string path; ///< Relative inside the artifact.
  file_role role = file_role::weights;
  uint64_t size = 0;
  std::vector<output_segment> segments;
};

/// Every byte of a variant before the first one is computed: all sizes follow
/// from the plan, so files are reserved once and written in any order.
struct output_layout {
  std::vector<output_file> files; ///< The main one first.
};

} // namespace trivium::storage
