#include "storage/metadata/metadata_store.hpp"

#include "storage/metadata/backup/backup_manifest.hpp"

namespace trivium::storage {

expected<backup_manifest> metadata_store::backup(const std::filesystem::path&,
                                                 const long_work&) const {
  return fail(ec::unsupported, "this metadata store makes no backups");
}

} // namespace trivium::storage
