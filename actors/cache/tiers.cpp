#include "actors/cache/tiers.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/names.hpp"
#include "storage/file_io/file_digest.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using disk_pointer = tier_actor::stateful_pointer<disk_tier_state>;

expected<void> put_in_place(const storage::artifact_store& store,
                            const envelope& from, const fetch_blob& request) {
  return store.export_blob(request.blob.sha256, request.blob.size,
                           request.target, from.cancel);
}

/// Answers everyone who waited for a blob.
void settle(disk_pointer self, const storage::artifact_store& store,
            const digest& blob, const error& failure) {
  auto waiting = self->state.fetching.extract(blob);
  if (waiting.empty())
    return;
  for (auto& one : waiting.mapped()) {
    auto placed = failure.code == ec::none
                    ? put_in_place(store, one.from, one.request)
                    : expected<void>{fail(failure)};
    if (placed)
      one.promise.deliver(acknowledged{});
    else
      one.promise.deliver(to_caf(placed.error()));
  }
}

expected<void> refill(storage::artifact_store& store, const fetch_blob& request,
                      const cancel_token& cancel) {
  constexpr std::string_view scheme = "file://";
  if (!request.origin.starts_with(scheme))
    return fail(ec::data_loss, "blob " + abbreviated(request.blob.sha256)
                                 + " is missing and its origin \""
                                 + printable(request.origin)
                                 + "\" cannot be read");
  const std::filesystem::path path{request.origin.substr(scheme.size())};
  auto found = storage::discover_model(path);
  if (!found)
    return fail(ec::data_loss, "blob " + abbreviated(request.blob.sha256)
                                 + " is missing here, and its origin is gone: "
                                 + found.error().text);
  std::vector<storage::ingest_file> files;
  for (auto& file : found->files)
    files.push_back({file.path, file.role, std::move(file.bytes)});
  TRIVIUM_CHECK(store.ingest(found->format, std::move(files), cancel,
                             [](uint64_t, uint64_t) {}));
  if (!store.has_blob(request.blob.sha256))
    return fail(ec::data_loss, "blob " + abbreviated(request.blob.sha256)
                                 + " is missing here, and its origin "
                                 + printable(path.native())
                                 + " holds other bytes by now");
  return {};
}

/// True when the store holds these very bytes.
bool is_sound(const storage::artifact_store& store,
              const manifest_entry& blob) {
  const auto file = store.open_blob(blob.sha256, blob.size);
  if (!file)
    return false;
  const auto hash = storage::sha256_of(**file);
  return hash && *hash == blob.sha256;
}

expected<void> repair(storage::artifact_store& store,
                      const repair_artifact& request,
                      const cancel_token& cancel) {
  for (const auto& blob : request.files->files) {
    if (cancel.is_cancelled())
      return fail(ec::cancelled, "stopped while blobs were checked");
    if (is_sound(store, blob))
      continue;
    if (request.origin.empty())
      return fail(ec::data_loss,
                  "blob " + abbreviated(blob.sha256) + " of "
                    + printable(blob.path)
                    + " is damaged and was made here; run its pipeline again");
    TRIVIUM_CHECK(refill(store, {blob, request.origin, {}}, cancel));
  }
  return {};
}

} // namespace

tier_actor::behavior_type
disk_tier(disk_pointer self, std::shared_ptr<storage::artifact_store> store,
          origin_actor origin) {
  enlist(self);
  return {
    [=](const envelope& from,
        const fetch_blob& request) -> caf::result<acknowledged> {
      const auto& blob = request.blob.sha256;
      if (store->has_blob(blob))
        return answer(put_in_place(*store, from, request));
      auto promise = self->make_response_promise<acknowledged>();
      auto& waiting = self->state.fetching[blob];
      waiting.push_back({from, request, promise});
      if (waiting.size() == 1)
        self->request(origin, step_limit, from, request)
          .then(
            [=](acknowledged) {
              settle(self, *store, blob, {ec::none, {}});
            },
            [=](caf::error& e) { settle(self, *store, blob, from_caf(e)); });
      return promise;
    },
  };
}

origin_actor::behavior_type
origin_tier(origin_actor::stateful_pointer<origin_tier_state> self,
            std::shared_ptr<storage::artifact_store> store) {
  enlist(self);
  return {
    [store](const envelope& from, const fetch_blob& request) {
      return answer(refill(*store, request, from.cancel));
    },
    [store](const envelope& from, const repair_artifact& request) {
      return answer(repair(*store, request, from.cancel));
    },
  };
}

} // namespace trivium::actors
