#include "actors/artifacts/live_artifacts.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

expected<std::set<digest>> live_artifacts(std::span<const key_value> models) {
  std::set<digest> live;
  for (const auto& entry : models) {
    if (keys::is_variant(entry.key)) {
      TRIVIUM_TRY(const auto variant, storage::decode_variant(entry.value));
      if (variant.state != variant_state::failed)
        live.insert(variant.artifact);
    } else if (keys::is_version(entry.key)) {
      TRIVIUM_TRY(const auto version, storage::decode_version(entry.value));
      live.insert(version.artifact);
    } else if (keys::is_alias(entry.key)) {
      TRIVIUM_TRY(const auto alias, storage::decode_alias(entry.value));
      live.insert(alias.artifact);
    }
  }
  live.erase(digest{});
  return live;
}

} // namespace trivium::actors
