#pragma once

#include "messages/values/records.hpp"
#include "messages/values/transaction.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trivium {

/// Asks for one immutable version of a model. Repeating it with the same
/// artifact is harmless; another artifact is refused and the next free version
/// named.
struct register_version {
  version_record version;
};

struct version_registered {
  version_record version;
  revision at = 0;
  bool was_known = false; ///< The same version and artifact existed already.
};

/// Opens (or retries) a variant: Quantizing.
struct begin_variant {
  variant_record variant;
  bool force = false; ///< Make it anew even if it is Verified or Deployed.
  std::string gone{}; ///< A job that has ended: what it left may be taken over.
};

struct variant_begun {
  variant_record variant;
  revision at = 0;
  bool is_done = false; ///< Nothing to do: it was Verified or Deployed.
  bool stands = false;  ///< It was, and stays so until the new one is Verified.
  /// Another job makes it (`variant` says which); nothing was changed.
  bool is_taken = false;
};

/// Moves a variant along its edges; refused for a change that is no edge.
struct change_variant {
  variant_record variant; ///< Its key, new state and new fields.
  /// A variant that stands is made anew: Verified takes its place, Failed
  /// leaves it as it is and is told by the event alone.
  bool remakes = false;
};

/// Points an alias at a variant, or at the version itself when
/// `recipe_digest` is unset. Gated: below layer-verified it needs
/// `allow_unverified`.
struct promote {
  model_ref model;
  std::string alias = "production";
  semver version;
  digest recipe_digest;
  bool allow_unverified = false;
  std::string reason;
  /// The alias must still be as it was at that revision (0: must not be).
  std::optional<revision> expected_at{};
};

struct promoted {
  alias_record alias;
  revision at = 0;
  bool was_there = false; ///< The alias pointed there already.
};

/// Asks for an alias as it stands at the head.
struct resolve_alias {
  alias_ref alias;
};

struct resolved_alias {
  alias_record alias;
  revision at = 0;    ///< When it was moved there.
  std::string origin; ///< storage_uri of the version, where that is the
                      ///< artifact itself; empty for a variant.
};

/// Asks for one version. Error: not_found.
struct get_version {
  model_ref model;
  semver version;
};

/// Asks for one variant. Error: not_found.
struct get_variant {
  model_ref model;
  semver version;
  digest recipe_digest;
};

/// Reads of the metadata engine.
struct read_key {
  std::string key;
  revision at = 0; ///< 0 = head.
};

struct read_prefix {
  std::string prefix;
  revision at = 0;
  uint64_t limit = 0; ///< 0: all.
};

/// Every value that one key had, or all keys that start with it.
struct read_history {
  std::string key;
  bool is_prefix = false;
};

/// What the revisions from `from` on changed; at most `limit` revisions.
struct read_changes {
  revision from = 1;
  uint64_t limit = 1;
};

/// The last revision.
struct read_head {};

} // namespace trivium
