#include "storage/file_io/file_digest.hpp"

#include "storage/file_io/hashed_copy.hpp"

namespace trivium::storage {

expected<digest> sha256_of(const readable_file& file) {
  return hash_file(file, {}, {});
}

} // namespace trivium::storage
