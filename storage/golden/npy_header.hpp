#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace trivium::storage {

/// Longest header dictionary that is read.
inline constexpr uint32_t max_npy_header_bytes = 64 << 10;
/// Magic, version and the length of the dictionary: what must be read first.
inline constexpr size_t npy_prefix_bytes = 12;

/// What stands in front of the values of a .npy file.
struct npy_header {
  tensor_type type = tensor_type::unknown;
  tensor_shape shape;
  uint64_t value_offset = 0; ///< From the start of the file.
  uint64_t value_bytes = 0;  ///< shape × type.
};

/// Bytes from the start of the file to the first value, from its first
/// npy_prefix_bytes bytes. Errors: invalid_argument (magic, header too long),
/// unsupported (version).
[[nodiscard]] expected<uint64_t>
npy_value_offset(std::span<const std::byte> prefix);

/// Reads a whole header, from the magic to the first value. The dictionary must
/// be the literal that NumPy writes: exactly `descr`, `fortran_order`, `shape`.
/// Errors: invalid_argument, unsupported (big endian, Fortran order, structured
/// or unknown types).
[[nodiscard]] expected<npy_header>
parse_npy_header(std::span<const std::byte> bytes);

/// A header of version 1.0 that NumPy reads, padded to 64 bytes; bf16 is
/// '<V2', as ml_dtypes has it. Error: unsupported for a type without a form.
[[nodiscard]] expected<std::string> npy_header_text(tensor_type type,
                                                    const tensor_shape& shape);

} // namespace trivium::storage
