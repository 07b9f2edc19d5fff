#pragma once

#include "messages/interfaces/errors.hpp"
#include "messages/values/backup.hpp"
#include "messages/values/envelope.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace trivium::actors {

/// The one backup that a node may make at a time, and how far it is. For any
/// thread.
class backup_place {
public:
  /// False: another one is under way.
  [[nodiscard]] bool take() { return !is_taken_.exchange(true); }
  void leave() {
    done_ = 0;
    total_ = 0;
    is_taken_ = false;
  }

  void tell(uint64_t done, uint64_t total) {
    done_ = done;
    total_ = total;
  }
  [[nodiscard]] backup_progress progress() const {
    return {is_taken_, done_, total_};
  }

private:
  std::atomic<bool> is_taken_{false};
  std::atomic<uint64_t> done_{0};
  std::atomic<uint64_t> total_{0};
};

/// Copies the metadata store to the folder.
using backup_actor = caf::typed_actor<
  caf::replies_to<envelope, std::string>::with<backup_summary>>;

struct backup_worker_state {
  static inline constexpr const char* name = "backup";

  std::shared_ptr<backup_place>
    place; ///< Taken; left once, at the latest here.

  backup_worker_state() = default; // no aggregate: CAF would fill it
  ~backup_worker_state() { leave(); }
  void leave() {
    if (const auto held = std::exchange(place, nullptr))
      held->leave();
  }
};

/// Detached: a backup takes as long as the disk. Ends after one request.
backup_actor::behavior_type
backup_worker(backup_actor::stateful_pointer<backup_worker_state> self,
              std::shared_ptr<const storage::metadata_store> store,
              std::shared_ptr<backup_place> taken);

} // namespace trivium::actors
