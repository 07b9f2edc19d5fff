#pragma once

#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <vector>

namespace trivium::actors {

/// The writer with what its housekeeper (history_keeper) alone asks for: one
/// step of forgetting what stood before `time`, in milliseconds since 1970.
/// `before`: what the last step answered, 0 at first. Answers the revision to
/// go on with; 0: all is forgotten.
using compacting_writer_actor = metadata_writer_actor::extend<
  caf::replies_to<op::tick, int64_t, revision>::with<revision>>;

struct metadata_writer_state {
  static inline constexpr const char* name = "metadata_writer";

  struct batch_asker {
    commit_batch_ptr batch;
    caf::typed_response_promise<commit_batch_ptr> promise;
    size_t left; ///< Without a result yet.
  };

  /// Who waits for one transaction.
  struct asker {
    caf::typed_response_promise<commit_result> alone;
    std::shared_ptr<batch_asker> among; ///< Or one of a batch,
    size_t index = 0;                   ///< under this index.
  };

  std::vector<transaction> waiting;
  uint64_t waiting_bytes = 0; ///< Of their keys and values.
  std::vector<asker> askers;  ///< Under the same indexes.

  metadata_writer_state() = default;
  /// A writer that breaks down answers who waits: CAF would not.
  ~metadata_writer_state();
};

/// Group commit from the mailbox: transactions collect until the flush that
/// was sent behind the first of them arrives; then one write, one sync. One
/// that breaks storage/metadata/transaction_limits.hpp is refused by itself,
/// and no batch outgrows what one commit takes. The bus (it may be null) hears
/// how far the log goes.
compacting_writer_actor::behavior_type metadata_writer(
  compacting_writer_actor::stateful_pointer<metadata_writer_state>,
  std::shared_ptr<storage::metadata_store> store, event_bus_actor events);

struct metadata_reader_state {
  static inline constexpr const char* name = "metadata_reader";
};

metadata_reader_actor::behavior_type
metadata_reader(metadata_reader_actor::stateful_pointer<metadata_reader_state>,
                std::shared_ptr<const storage::metadata_store> store);

} // namespace trivium::actors
