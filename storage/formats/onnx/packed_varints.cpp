#include "storage/formats/onnx/packed_varints.hpp"

#include <algorithm>
#include <array>

namespace trivium::storage::onnx_io {

void append_element(std::vector<std::byte>& bytes, uint64_t value,
                    size_t width) {
  for (size_t i = 0; i < width; ++i)
    bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

expected<std::vector<std::byte>> unpack_varints(const readable_file& file,
                                                const file_span& where,
                                                uint64_t elements,
                                                size_t width) {
  const auto wrong_count = [&] {
    return fail(ec::invalid_argument, std::to_string(where.size)
                                        + " bytes of packed numbers at offset "
                                        + std::to_string(where.offset)
                                        + " are not " + std::to_string(elements)
                                        + " elements");
  };
  if (elements > where.size) // a number has at least one byte
    return wrong_count();
  std::vector<std::byte> bytes;
  bytes.reserve(elements * width);
  std::array<std::byte, 16384> buffer;
  uint64_t value = 0;
  unsigned shift = 0;
  for (uint64_t done = 0; done < where.size;) {
    const auto count =
      static_cast<size_t>(std::min<uint64_t>(buffer.size(), where.size - done));
    TRIVIUM_CHECK(file.read(where.offset + done, {buffer.data(), count}));
    done += count;
    for (size_t i = 0; i < count; ++i) {
      const auto byte = std::to_integer<uint64_t>(buffer[i]);
      if (shift > 63)
        return fail(ec::invalid_argument, "a packed number exceeds 64 bits");
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte >= 0x80)
        continue;
      if (bytes.size() == elements * width)
        return wrong_count();
      append_element(bytes, value, width);
      value = 0;
      shift = 0;
    }
  }
  if (shift != 0 || bytes.size() != elements * width)
    return wrong_count();
  return bytes;
}

} // namespace trivium::storage::onnx_io
