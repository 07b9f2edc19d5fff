#include "storage/file_io/file_digest.hpp"

#include "messages/values/sha256.hpp"

#include <algorithm>

namespace trivium::storage {

expected<digest> sha256_of(const readable_file& file) {
  constexpr uint64_t piece_bytes = uint64_t{1} << 20;
  sha256_hasher hasher;
  std::vector<std::byte> scratch;
  for (uint64_t offset = 0; offset < file.size(); offset += piece_bytes) {
    const auto size = std::min(piece_bytes, file.size() - offset);
    TRIVIUM_TRY(const auto bytes, file.view(offset, size, scratch));
    hasher.update(bytes);
    file.release(offset, size);
  }
  return hasher.finish();
}

} // namespace trivium::storage
