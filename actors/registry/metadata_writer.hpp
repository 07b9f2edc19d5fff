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

  std::vector<transaction> waiting;
  uint64_t waiting_bytes = 0; ///< Of their keys and values.
  std::vector<caf::typed_response_promise<commit_result>> promises;
};

/// Group commit from the mailbox: transactions collect until the flush that
/// was sent behind the first of them arrives; then one write, one sync. One
/// that breaks storage/metadata/transaction_limits.hpp is refused by itself,
/// and no batch outgrows what one commit takes.
compacting_writer_actor::behavior_type metadata_writer(
  compacting_writer_actor::stateful_pointer<metadata_writer_state>,
  std::shared_ptr<storage::metadata_store> store);

struct metadata_reader_state {
  static inline constexpr const char* name = "metadata_reader";
};

metadata_reader_actor::behavior_type
metadata_reader(metadata_reader_actor::stateful_pointer<metadata_reader_state>,
                std::shared_ptr<const storage::metadata_store> store);

} // namespace trivium::actors
