#pragma once

#include "storage/formats/onnx/wire_scan.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage::onnx_io {

/// What takes the place of one payload.
struct replacement {
  uint32_t field = raw_data; ///< 1–15: the tag stays one byte.
  uint64_t size = 0;
};

/// One run of the edited bytes, written in this order: `copied` bytes of the
/// source, then `literal`, then the replacement if there is one.
struct wire_piece {
  static constexpr size_t none = SIZE_MAX;

  uint64_t copied_from = 0;
  uint64_t copied = 0;
  std::string literal;
  size_t payload = none; ///< Index into wire_map::payloads.
};

struct edited_wire {
  uint64_t size = 0;
  std::vector<wire_piece> pieces;
};

/// The bytes of `map`'s source with every payload replaced and the lengths of
/// all enclosing messages recomputed. `replacements` has one a payload. Errors:
/// invalid_argument when the sizes overflow.
[[nodiscard]] expected<edited_wire>
replace_payloads(const wire_map& map,
                 std::span<const replacement> replacements);

} // namespace trivium::storage::onnx_io
