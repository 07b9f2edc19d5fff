#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/job.hpp"
#include "messages/values/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a node tells about itself and its registry, and what it can be asked
/// for through a door: the values behind messages/protocol's control.proto.
namespace trivium {

/// Of the protocol that clients and nodes speak.
inline constexpr uint32_t protocol_version = 1;

/// Who answers; `started_at` tells one process of a node from the next.
struct node_identity {
  uint32_t protocol = protocol_version;
  std::string version;
  std::string store;
  std::string name_space;
  unix_ms started_at = 0;
  int64_t pid = 0;
};

struct lane_status {
  uint32_t number = 0; ///< From 1.
  std::string device;
  bool is_busy = false;
  std::string job; ///< While busy, also what follows.
  std::string tensor;
  uint64_t tile = 0;
  double seconds_on_tile = 0;
  bool hangs = false; ///< Longer on one tile than lane_hang_limit.
  uint64_t tiles_done = 0;
  uint64_t bytes_done = 0; ///< Of source, since the node started.
};

/// A job as it stands. Its record says how it ended.
struct job_status {
  job_record record;
  bool is_queued = false;
  job_stage stage = job_stage::ingest;
  uint64_t done = 0;
  uint64_t total = 0; ///< 0: not known.
  double seconds = 0; ///< Since it began to run.

  /// False of a parked one, which goes on when its node does.
  [[nodiscard]] bool has_ended() const {
    return record.state != job_state::running
           && record.state != job_state::parked;
  }
};

struct node_status {
  std::string version;
  int64_t pid = 0;
  unix_ms started_at = 0;
  std::string store;
  revision head = 0;
  bool is_draining = false;
  uint64_t rss_bytes = 0;
  double cpu_seconds = 0;
  uint32_t sessions = 0;
  uint64_t restarts = 0; ///< Of supervised actors.
  std::string log_level;
  std::vector<lane_status> lanes;
  std::vector<job_status> jobs; ///< Queued and running.
  uint64_t active_models = 0;
  std::vector<device_status> devices;
  std::vector<std::string> silent; ///< Actors whose part is missing.
};

struct actor_status {
  uint64_t id = 0;
  uint64_t parent = 0; ///< 0: the root.
  std::string name;
  std::string state; ///< "running", "busy", "restarting".
  uint64_t mailbox = 0;
  uint64_t restarts = 0;
  std::string last_failure;
  bool is_detached = false;
};

struct model_summary {
  model_ref model;
  uint64_t versions = 0;
  uint64_t variants = 0;
  std::string newest; ///< Highest version.
  std::vector<alias_record> aliases;
  unix_ms changed_at = 0;
};

struct model_list {
  std::vector<model_summary> models;
  bool is_cut = false; ///< There are more.
};

/// Everything that stands about one model.
struct model_details {
  std::vector<version_record> versions;
  std::vector<variant_record> variants;
  std::vector<alias_record> aliases;
  std::vector<revision> alias_revisions; ///< Beside `aliases`.
};

struct history_entry {
  revision at_revision = 0;
  unix_ms at = 0;
  std::string subject;
  std::string what; ///< "production → 1.1.0 int8"
  std::string reason;
  std::string trace_id;
};

struct history_list {
  std::vector<history_entry> entries; ///< Oldest first.
  bool is_cut = false;
};

/// One artifact and where it came from.
struct lineage_entry {
  digest artifact;
  digest parent; ///< Unset: brought in from `origin`.
  model_ref model;
  semver version;
  std::string recipe; ///< Empty for a version's own artifact.
  std::string origin;
  std::string state;
  trivium::verdict verdict = verdict::unverified;
  std::string job;
  std::string subject;
  unix_ms at = 0;
  std::vector<std::string> aliases;
};

/// Which lineage: of an artifact, or of what a model has.
struct lineage_query {
  std::string artifact; ///< Hex digits, the first ones suffice; else
  model_ref model;
  std::string version; ///< Empty: all.
};

/// An alias with the files that it stands for.
struct resolved_artifact {
  alias_record alias;
  revision at = 0;
  manifest files;
};

/// Which variant (or version) an alias shall point at.
struct promotion {
  alias_ref alias;
  std::string version;
  std::string recipe; ///< Name or digest; empty: the version's own artifact.
  bool allow_unverified = false;
  std::string reason;
};

struct rollback {
  alias_ref alias;
  revision to = 0; ///< 0: what it pointed at before.
  std::string reason;
};

enum class job_kind : uint8_t {
  pipeline = 0, ///< Register, quantize, verify, promote.
  register_model,
  quantize ///< A registered version: quantize and verify.
};

[[nodiscard]] std::string_view to_string(job_kind kind);

/// What a node is asked to run. Paths are the node's, absolute.
struct job_request {
  job_kind kind = job_kind::pipeline;
  std::string path; ///< Of the model; `quantize` has none.
  model_ref model;
  std::string version = "1.0.0";
  std::string recipe;      ///< A name that the node knows, or what errors call
  std::string recipe_text; ///< this YAML.
  std::string golden;
  std::string out;
  uint64_t memory_bytes = 0;
  bool allow_unverified = false;
  bool force = false;
  std::string alias = "production"; ///< Of `pipeline`.
  input_hints hints;
};

/// How a job stands and, once it ended, what it gave: one of the reports, as
/// long as the node remembers it, or the failure.
struct job_details {
  job_status status;
  std::optional<pipeline_report> report;
  std::optional<version_registered> registered;
  error failure{ec::none, {}};
};

/// Record a golden set, or hold a model against one. Paths are the node's.
struct golden_request {
  std::string model;
  std::string golden;
  bool record = false;
  std::string inputs;
  input_hints hints;
  std::string created;
};

} // namespace trivium
