#include "actors/artifacts/artifact_keeper.hpp"

#include "actors/observability/enlist.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

expected<std::string> link_source(const storage::artifact_store& store,
                                  const link_artifact& request) {
  TRIVIUM_TRY(const auto entries, store.find(request.artifact));
  for (const auto& entry : entries.files)
    TRIVIUM_CHECK(
      store.link_blob(entry.sha256, entry.size, request.folder / entry.path));
  return request.folder.native();
}

expected<manifest_ptr> find(const storage::artifact_store& store,
                            const find_artifact& request) {
  TRIVIUM_TRY(auto found, store.find(request.artifact));
  if (request.with_files)
    for (const auto& file : found.files)
      TRIVIUM_CHECK(store.open_blob(file.sha256, file.size));
  return std::make_shared<const manifest>(std::move(found));
}

} // namespace

artifact_actor::behavior_type
artifact_keeper(artifact_actor::stateful_pointer<artifact_keeper_state> self,
                std::shared_ptr<storage::artifact_store> store) {
  enlist(self);
  return {
    [store](const envelope&, const make_staging& request) {
      return answer(store->make_staging(request.job)
                      .map([](const std::filesystem::path& folder) {
                        return folder.native();
                      }));
    },
    [store](const envelope& from, const adopt_staging& request) {
      return answer(store->adopt(request.format, request.folder, request.files,
                                 from.cancel));
    },
    [store](const envelope&, const link_artifact& request) {
      return answer(link_source(*store, request));
    },
    [](const envelope&, const remove_staging& request) {
      std::error_code ignored; // what stays, the next start removes
      std::filesystem::remove_all(request.folder, ignored);
    },
    [store](const envelope&, const find_artifact& request) {
      return answer(find(*store, request));
    },
    [store](const envelope&, const collect_garbage& request) {
      return answer(
        store->collect(request.live, request.keep_for, request.dry_run)
          .map([](storage::collected found) {
            return collected_garbage{found.blobs, found.bytes,
                                     std::move(found.names)};
          }));
    },
  };
}

} // namespace trivium::actors
