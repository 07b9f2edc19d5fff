#include "actors/quantization/ingest.hpp"

#include "actors/observability/enlist.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

expected<ingested> take_in(storage::artifact_store& store,
                           const ingest_model& request,
                           const cancel_token& cancel,
                           const storage::artifact_store::progress& report) {
  TRIVIUM_TRY(auto found, request.root.empty()
                            ? storage::discover_model(request.path)
                            : storage::discover_model_beneath(
                              request.root, request.path.native()));
  // A broken model is refused before anything of it is kept.
  TRIVIUM_CHECK(storage::open_model(found));
  std::vector<storage::ingest_file> files;
  for (auto& file : found.files)
    files.push_back({file.path, file.role, std::move(file.bytes)});
  ingested result;
  result.format = found.format;
  TRIVIUM_TRY(result.artifact,
              store.ingest(found.format, std::move(files), cancel, report));
  std::error_code ignored;
  result.storage_uri =
    "file://"
    + std::filesystem::absolute(request.root / request.path, ignored).native();
  return result;
}

} // namespace

ingest_actor::behavior_type
ingest(ingest_actor::stateful_pointer<ingest_state> self,
       std::shared_ptr<storage::artifact_store> store,
       job_listener_actor listener) {
  enlist(self);
  return {
    [=](const envelope& from, const ingest_model& request) {
      const auto report = [&](uint64_t done, uint64_t total) {
        if (listener)
          self->send(listener, from,
                     job_progress{from.job, job_stage::ingest, done, total});
      };
      return answer(take_in(*store, request, from.cancel, report));
    },
  };
}

} // namespace trivium::actors
