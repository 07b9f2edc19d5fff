#pragma once

#include "actors/client/client.hpp"
#include "messages/values/control.hpp"

#include <filesystem>
#include <functional>

namespace trivium::actors {

/// What a follower asks of a node: names and news, never bytes. Any call may
/// wait, and answers unavailable while there is no connection.
class alias_source {
public:
  virtual ~alias_source() = default;

  /// Errors: not_found (no such alias, or nothing serves the store).
  [[nodiscard]] virtual expected<resolved_artifact>
  resolve(const alias_ref& alias, const cancel_token& cancel) = 0;

  /// Has every blob of the artifact brought into the store, whole.
  [[nodiscard]] virtual expected<void> ensure(const digest& artifact,
                                              const cancel_token& cancel) = 0;

  /// Rings, from any thread, when the alias may have moved: at its events from
  /// revision `from` on (0: from now on) and when the connection is back.
  [[nodiscard]] virtual expected<subscription>
  watch(revision from, const alias_ref& alias, std::function<void()> ring) = 0;

  /// The folder whose `blobs` are read. Asked after an answer came.
  [[nodiscard]] virtual std::filesystem::path store() const = 0;
};

} // namespace trivium::actors
