#pragma once

#include "actors/worker_mode.hpp"
#include "messages/interfaces/actors.hpp"
#include "messages/values/envelope.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/actor.hpp>
#include <caf/stateful_actor.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace trivium::actors {

/// What reading artifacts works with.
struct artifact_reading {
  std::shared_ptr<const storage::metadata_store> metadata;
  std::shared_ptr<storage::artifact_store> artifacts;
  metadata_writer_actor writer;
  std::vector<std::string> roots; ///< Folders that may be read.
  event_bus_actor events;
  worker_mode mode = worker_mode::detached;
};

using artifact_reader_actor =
  event_listener_actor::extend<caf::reacts_to<op::tick>>;

struct artifact_reader_state {
  static inline constexpr const char* name = "artifact_reader";

  std::deque<std::string> waiting; ///< Keys of versions.
  /// What stood at the start is looked at first, key by key, then the log.
  bool looks_at_all = true;
  std::string looked_at; ///< The last key.
  revision next = 0;     ///< The first one of the log that was not looked at.
  bool is_reading = false;
  cancel_token cancel; ///< Of the artifact that is being read,
  caf::actor worker;   ///< and who reads it; null: nobody.
};

/// Takes the artifact behind each registration of a `file://` into the store,
/// one after the other, and records its digest, format and size with the
/// version, which is Ready then; or, where it cannot be taken, says why in an
/// event: the version stays as it is, until it is registered with another URI
/// or the node starts again. Begins with those that an earlier process
/// left. Detached: it reads the log.
artifact_reader_actor::behavior_type
artifact_reader(artifact_reader_actor::stateful_pointer<artifact_reader_state>,
                artifact_reading reading);

} // namespace trivium::actors
