#include "actors/gateway/backup_worker.hpp"

#include "actors/gateway/door.hpp"
#include "actors/node/store_care.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

expected<backup_summary> back_up(const storage::metadata_store& store,
                                 const envelope& from,
                                 const std::string& folder,
                                 backup_place& place) {
  storage::long_work work;
  work.cancel = from.cancel;
  work.report = [&](uint64_t done, uint64_t total) { place.tell(done, total); };
  auto made = make_backup(store, folder, work);
  if (made)
    log_info(from, "backup made",
             {{"folder", folder},
              {"revision", std::to_string(made->head)},
              {"bytes", std::to_string(made->bytes)},
              {"by", from.subject}});
  else
    log_warning(from, "no backup was made",
                {{"folder", folder}, {"reason", made.error().text}});
  return made;
}

} // namespace

backup_actor::behavior_type
backup_worker(backup_actor::stateful_pointer<backup_worker_state> self,
              std::shared_ptr<const storage::metadata_store> store,
              std::shared_ptr<backup_place> taken) {
  self->state.place = std::move(taken);
  enlist(self);
  return {[=](const envelope& from, const std::string& folder) {
    self->quit(); // after this one; who asked may be gone
    auto made = back_up(*store, from, folder, *self->state.place);
    self->state.leave(); // who hears of it may ask for the next one
    return answer(std::move(made));
  }};
}

} // namespace trivium::actors
