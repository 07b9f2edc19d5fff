#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trivium {

/// Thirty such texts fill half a value of the metadata store; a file URI of the
/// longest path fits.
inline constexpr size_t max_text_bytes = size_t{16} << 10;

/// Text as a message holds it: `printable`, and where that is longer than
/// `max_text_bytes`, as much of its beginning as leaves room for "…". An error
/// may quote what a hostile file holds; the record that tells of it must not
/// fail for that. Of its own result it gives the same.
[[nodiscard]] std::string wire_text(std::string_view text);

/// Text that has to arrive as it is, a path or a YAML: only bytes that are no
/// UTF-8, which protobuf would not read back, become \xNN. As long as it is.
[[nodiscard]] std::string utf8_text(std::string_view text);

} // namespace trivium
