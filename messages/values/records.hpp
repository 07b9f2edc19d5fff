#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/lifecycle.hpp"
#include "messages/values/manifest.hpp"
#include "messages/values/names.hpp"
#include "messages/values/semver.hpp"
#include "messages/values/verification.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace trivium {

/// Milliseconds since the Unix epoch.
using unix_ms = int64_t;

/// models/{ns}/{id}/metadata: what discovery shows of a model, until its lease
/// is over.
struct registration_record {
  /// A request that carried an idempotency key.
  struct seen_request {
    std::string key;
    uint64_t fingerprint = 0; ///< Of what it asked for.
    uint64_t at = 0; ///< Revision of its commit; 0: that of this record.
    semver version;
  };

  model_ref model;
  semver version; ///< Registered last.
  semver newest;  ///< Highest of all.
  std::string storage_uri;
  int64_t ttl_seconds = 0;        ///< 0: for ever.
  std::vector<seen_request> seen; ///< The last ones, oldest first.
  std::string subject;
  std::string trace_id;
  unix_ms registered_at = 0; ///< First.
  unix_ms changed_at = 0;
};

/// models/{ns}/{id}/versions/{semver}
struct version_record {
  model_ref model;
  semver version;
  digest artifact; ///< Unset: nobody has read it yet.
  model_format format = model_format::unknown;
  version_state state = version_state::created;
  std::string storage_uri; ///< Where the bytes came from, or are.
  uint64_t size_bytes = 0;
  std::map<std::string, std::string> labels;
  std::string subject; ///< Who registered it.
  std::string trace_id;
  unix_ms registered_at = 0;
};

/// models/{ns}/{id}/versions/{semver}/variants/{recipe digest}
struct variant_record {
  model_ref model;
  semver version;
  std::string recipe; ///< Name.
  digest recipe_digest;
  digest source;   ///< Artifact it was made from.
  digest artifact; ///< Unset until it is written.
  variant_state state = variant_state::quantizing;
  std::string reason; ///< Why it failed.
  verification checked;
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  uint64_t tensors = 0;
  uint64_t tensors_quantized = 0;
  std::string job;
  std::string subject;
  std::string trace_id;
  unix_ms started_at = 0;
  unix_ms changed_at = 0;
};

/// models/{ns}/{id}/aliases/{name}
struct alias_record {
  model_ref model;
  std::string alias;
  semver version;
  digest recipe_digest; ///< Unset: the version's own artifact.
  digest artifact;
  uint32_t weight = 100; ///< Percent of traffic.
  std::string subject;
  std::string reason;
  std::string trace_id;
  unix_ms moved_at = 0;
};

enum class job_state : uint8_t {
  running = 0,
  done,
  failed,
  interrupted,
  cancelled,
  parked ///< Stopped with its node, which goes on with it at the next start.
};

[[nodiscard]] std::string_view to_string(job_state state);

/// jobs/{id}
struct job_record {
  std::string id;
  std::string kind; ///< to_string(job_kind).
  model_ref model;
  semver version;
  std::string recipe;
  job_state state = job_state::running;
  std::string reason;
  std::string subject;
  std::string trace_id;
  int64_t pid = 0; ///< Of the process that runs it.
  unix_ms started_at = 0;
  unix_ms ended_at = 0;
  std::string request; ///< v1::JobRequest; empty: cannot be run again.
};

enum class event_kind : uint8_t {
  version_registered = 0,
  variant_changed,
  alias_moved,
  gate_missed,
  job_ended,
  registration_expired,
  alias_deleted,
  version_deleted,
  artifact_read,
  artifact_refused
};

[[nodiscard]] std::string_view to_string(event_kind kind);

/// events/{revision}
struct event_record {
  uint64_t revision = 0; ///< Filled in when read.
  event_kind kind = event_kind::version_registered;
  model_ref model;
  std::string version;
  std::string what; ///< "production → 1.0.0 int8".
  std::string subject;
  std::string trace_id;
  unix_ms at = 0;
  std::vector<event_record> also{}; ///< Of the same revision.
};

} // namespace trivium
