#pragma once

#include "messages/values/records.hpp"
#include "messages/values/transaction.hpp"

#include <map>
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

/// Registers a model's version by where its bytes are. The same model again
/// changes the version and the URI alone.
struct register_model {
  model_ref model;
  semver version;
  std::string storage_uri; ///< Canonical.
  int64_t ttl_seconds = 0; ///< Of a new registration; 0: for ever.
  std::map<std::string, std::string> labels{}; ///< Of a new version.
  std::string idempotency_key{};
  lease_id lease = 0; ///< One to share; 0: a new one with `ttl_seconds`.
};

struct model_registered {
  revision at = 0;
  revision created = 0; ///< Of the model's first registration.
  semver version;
  lease_id lease = 0;
  int64_t ttl_seconds = 0;
  bool was_known = false; ///< Nothing was written.
};

/// Removes one version, or the whole model; refused for what an alias points
/// at.
struct delete_model {
  model_ref model;
  std::optional<semver> version; ///< Absent: all that belongs to the model.
  std::string reason;
};

struct model_deleted {
  revision at = 0;
  uint64_t deleted = 0; ///< Versions, variants and registrations.
};

struct delete_alias {
  alias_ref alias;
  std::string reason;
  std::optional<revision> expected_at{};
};

struct alias_deleted {
  revision at = 0;
};

/// Ends a lease before its time.
struct end_lease {
  lease_id lease = 0;
};

struct lease_ended {
  revision at = 0;
  uint64_t released = 0; ///< Registrations that left discovery.
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
  uint32_t weight = 100;     ///< Percent of traffic.
  std::vector<put> beside{}; ///< Written in the same transaction.
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
