#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trivium {

enum class model_format : uint8_t { unknown = 0, onnx, safetensors, gguf };

[[nodiscard]] std::string_view to_string(model_format format);
[[nodiscard]] model_format model_format_from(std::string_view name);

/// What a file is to its model.
enum class file_role : uint8_t {
  weights = 0,
  config,
  tokenizer,
  adapter,
  schema,
  golden
};

[[nodiscard]] std::string_view to_string(file_role role);
[[nodiscard]] expected<file_role> file_role_from(std::string_view name);

/// One file of an artifact.
struct manifest_entry {
  std::string path; ///< Relative, '/'-separated, without "." or "..".
  file_role role = file_role::weights;
  uint64_t size = 0; ///< Bytes.
  digest sha256;     ///< Of the file's bytes: the name of its blob.

  friend bool operator==(const manifest_entry&,
                         const manifest_entry&) = default;
};

/// An artifact: which files make one model. Entries are sorted by path; the
/// SHA-256 of `canonical()` is the artifact's digest. See
/// docs/formats/manifest.md.
struct manifest {
  model_format format = model_format::unknown;
  std::vector<manifest_entry> files;

  /// The bytes that are hashed: one line of JSON, members in fixed order.
  [[nodiscard]] std::string canonical() const;

  [[nodiscard]] uint64_t total_bytes() const;

  friend bool operator==(const manifest&, const manifest&) = default;
};

/// Checks a path inside an artifact: relative, 1–1024 bytes, each component a
/// plain file name (no "", ".", "..", control characters, backslash).
[[nodiscard]] expected<void> check_artifact_path(std::string_view path);

} // namespace trivium
