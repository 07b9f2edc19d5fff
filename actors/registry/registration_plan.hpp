#pragma once

#include "actors/registry/book_steps.hpp"

#include <optional>

namespace trivium::actors {

/// A registration as it stands in discovery.
struct standing_registration {
  registration_record record;
  revision modified = 0;
  revision created = 0;
  lease_id lease = 0;
  bool is_over = false; ///< Its lease is known to be: it is about to go.
};

/// What the store holds that a registration of one version depends on.
struct registration_facts {
  const model_ref& model;
  const standing_registration* standing = nullptr; ///< Null: none stands.
  const version_record* known = nullptr;           ///< The version, if stored;
  revision known_modified = 0;                     ///< 0: it is not.
  const semver* highest = nullptr; ///< Of all stored versions; null: none.
};

/// Errors: already_exists (the idempotency key was used for something else).
[[nodiscard]] expected<book_step<model_registered>>
plan_registration(const registration_facts& facts,
                  const register_model& command, const envelope& from,
                  unix_ms now);

/// Adds what discovery tells about the version to a step that stores it.
[[nodiscard]] expected<void> add_registration(transaction& change,
                                              const registration_facts& facts,
                                              const register_model& command,
                                              const envelope& from,
                                              unix_ms now);

/// The answer, once it is committed.
void finish(model_registered& answer, const commit_result& result);

} // namespace trivium::actors
