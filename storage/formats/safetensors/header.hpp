#pragma once

#include "storage/file_io/readable_file.hpp"
#include "storage/formats/safetensors/dtype.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trivium::storage {

/// One tensor of a safetensors header.
struct safetensors_entry {
  std::string name;
  const safetensors_dtype* dtype = nullptr; ///< Never null; static storage.
  tensor_shape shape;
  uint64_t begin = 0; ///< First byte, counted from the end of the header.
  uint64_t end = 0;   ///< One past the last byte.

  [[nodiscard]] uint64_t size() const { return end - begin; }
};

/// "__metadata__", in the order of the file.
using safetensors_metadata = std::vector<std::pair<std::string, std::string>>;

struct safetensors_header {
  uint64_t data_offset = 0;               ///< Where offset 0 lies in the file.
  std::vector<safetensors_entry> entries; ///< By begin, end, name.
  safetensors_metadata metadata;
};

/// Longest header that the reference implementation reads, in bytes.
inline constexpr uint64_t max_safetensors_header = 100'000'000;

/// Reads and checks the header of `file`: tensors follow each other without
/// holes or overlaps and end with the file, shape × dtype = bytes, no name
/// comes twice. `where` ("safetensors") opens error texts.
/// Errors: invalid_argument, unsupported (dtype), those of reading.
[[nodiscard]] expected<safetensors_header>
read_safetensors_header(const readable_file& file, const std::string& where);

/// Length and JSON of a header, padded with spaces to a multiple of 8 bytes:
/// what a file starts with. Entries appear in the order given.
[[nodiscard]] std::string
write_safetensors_header(std::span<const safetensors_entry> entries,
                         const safetensors_metadata& metadata);

} // namespace trivium::storage
