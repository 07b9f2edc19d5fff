#pragma once

#include "messages/values/manifest.hpp"
#include "storage/file_io/readable_file.hpp"

#include <string>

namespace trivium::storage {

/// What the first bytes of a file say it is.
struct file_content {
  model_format format = model_format::unknown;
  bool is_shard_index = false; ///< format is safetensors, the file its index.
  /// Where format is unknown: what it is instead and why it is not taken
  /// ("a Python pickle: loading one runs its code"); empty when nobody knows.
  std::string refusal;
};

/// Looks at the first bytes (and, for ONNX, at the outermost fields) of `file`.
/// The name decides only where the content says nothing: a damaged model then
/// gets its own format's error. Errors: those of reading.
[[nodiscard]] expected<file_content> recognise(const readable_file& file,
                                               const std::string& name);

} // namespace trivium::storage
