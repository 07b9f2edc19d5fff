#pragma once

#include "actors/registry/book_steps.hpp"
#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace trivium::actors {

struct registrar_state {
  static inline constexpr const char* name = "registrar";

  std::vector<registration_ptr> arrived; ///< Since the last flush.
  /// Models with a registration on its way to the disk, and who waits behind.
  std::map<model_ref, std::deque<registration_ptr>> under_way;
};

/// Plans registrations from what the store keeps in memory, and commits those
/// that arrived together, one of each model, in one message to the writer. A
/// lost compare is planned again on what is there then, up to four times; it is
/// a `conflict` after that.
registrar_actor::behavior_type
registrar(registrar_actor::stateful_pointer<registrar_state> self,
          std::shared_ptr<const storage::metadata_store> store,
          metadata_writer_actor writer);

} // namespace trivium::actors
