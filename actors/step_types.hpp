#pragma once

// What a job's steps, the run queue and the lanes exchange. These messages hold
// open files and so never leave the process; the public interfaces are in
// messages/interfaces.

#include "accelerators/executor/executor.hpp"
#include "actors/devices/tile_work.hpp"
#include "messages/interfaces/actors.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "storage/formats/model_source.hpp"

#include <caf/typed_actor.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace trivium::actors {

using tile_ptr = std::shared_ptr<const tile_work>;
using tile_result_ptr = std::shared_ptr<const tile_result>;
using model_source_ptr = std::shared_ptr<const storage::model_source>;
using verification_ptr = std::shared_ptr<const verification>;
using manifest_ptr = std::shared_ptr<const manifest>;

/// A model opened and planned: everything that quantizing needs to know.
struct planned_job {
  model_source_ptr source;
  quantization_plan plan;
  storage::output_layout layout;
  std::array<stage_figure, job_stages> stages{};
};
using planned_job_ptr = std::shared_ptr<const planned_job>;

/// The variant while it is written: one staged file an output file.
struct open_output {
  std::filesystem::path folder;
  std::vector<std::shared_ptr<storage::staged_file>> files;
};
using open_output_ptr = std::shared_ptr<const open_output>;

/// ingest: finds the model at `path` and takes it into the store.
struct ingest_model {
  std::filesystem::path path;
  std::filesystem::path root{}; ///< Set: `path` is relative to it, and nothing
                                ///< outside it is read.
};

struct ingested {
  storage::ingest_result artifact;
  std::string storage_uri; ///< file://…
  model_format format = model_format::unknown;
};

/// inspect + plan: opens the model (of the store's artifact, or at `path` when
/// there is no store), decides tensor by tensor, lays the output out.
struct plan_job {
  std::filesystem::path path;
  digest artifact; ///< Set: from the store.
  std::shared_ptr<const trivium::recipe> recipe;
};

/// write: reserves the output's files in `folder`, which exists; where it is
/// empty, in one of the writer's own beside `target`.
struct start_output {
  planned_job_ptr job;
  std::filesystem::path folder;
  std::filesystem::path target;
};

/// write: everything that is not computed: headers, kept tensors, other files.
struct write_unchanged {};

/// write: the scales of one tensor, once they are all known.
struct write_scales {
  uint64_t tensor = 0;
  std::shared_ptr<const std::vector<float>> scales;
};

/// write: syncs and names the files. With a `target` they then move there: one
/// file becomes it, several become a folder of that name.
struct finish_output {
  std::filesystem::path target;
  bool wants_digest = false;
};

struct finished_output {
  stage_figure figure;
  digest artifact; ///< Unset when it was not wanted.
};

/// quantize: every tensor that the plan changes.
struct quantize_model {
  planned_job_ptr job;
  open_output_ptr output;
  uint64_t memory_bytes = 0; ///< Source bytes of tiles in flight.
};

struct quantized_model {
  std::vector<error_sums> errors; ///< One a tensor of the model.
  uint64_t source_bytes = 0;
  double seconds = 0;
};
using quantized_model_ptr = std::shared_ptr<const quantized_model>;

/// verify: the written variant in `folder` against its source.
struct verify_variant {
  planned_job_ptr job;
  std::filesystem::path folder;
  digest source;                      ///< Artifact of the float model.
  std::filesystem::path source_graph; ///< Its main file, for the executor.
  /// A golden set; for formats without a graph a folder of calibration arrays.
  std::filesystem::path golden;
  input_hints hints;
  std::shared_ptr<const trivium::recipe> recipe;
};

/// artifacts: makes a staging folder; takes a finished one into the store.
struct make_staging {
  std::string job;
};

struct adopt_staging {
  model_format format = model_format::unknown;
  std::filesystem::path folder;
  std::vector<std::pair<std::string, file_role>> files;
};

/// Makes an artifact's files readable under their own names, below `folder`
/// (inside a staging folder), for a runtime that wants names. No copy.
struct link_artifact {
  digest artifact;
  std::filesystem::path folder;
};

struct remove_staging {
  std::filesystem::path folder;
};

/// artifacts: not_found without its manifest, and, where `with_files` says so,
/// without one of its files in full size.
struct find_artifact {
  digest artifact;
  bool with_files = false;
};

struct collect_garbage {
  std::set<digest> live;
  std::chrono::seconds keep_for{0};
  bool dry_run = false;
};

/// scheduler: how each lane stands.
struct list_lanes {};

/// tiers: one blob into a file.
struct fetch_blob {
  manifest_entry blob;
  std::string origin;           ///< storage_uri, asked when no tier has it.
  std::filesystem::path target; ///< Final name of the file.
};

/// origin: every blob of `files` as its name says, or brought again.
struct repair_artifact {
  manifest_ptr files;
  std::string origin; ///< storage_uri; empty: there is none (a variant).
};

/// pull: an artifact as `target`: one file, or a folder of several.
struct export_model {
  digest artifact;
  std::string origin;
  std::filesystem::path target;
};

using lane_actor =
  caf::typed_actor<caf::replies_to<envelope, tile_ptr>::with<tile_result_ptr>>;

using scheduler_actor = lane_actor::extend<
  // (its first clause) Answers with the result when a lane has run the tile.
  caf::replies_to<envelope, list_lanes>::with<std::vector<lane_status>>,
  caf::reacts_to<op::tick>>;

using ingest_actor =
  caf::typed_actor<caf::replies_to<envelope, ingest_model>::with<ingested>>;

using plan_actor =
  caf::typed_actor<caf::replies_to<envelope, plan_job>::with<planned_job_ptr>>;

using write_actor = caf::typed_actor<
  caf::replies_to<envelope, start_output>::with<open_output_ptr>,
  caf::replies_to<envelope, write_unchanged>::with<stage_figure>,
  caf::replies_to<envelope, write_scales>::with<acknowledged>,
  caf::replies_to<envelope, finish_output>::with<finished_output>>;

using quantize_actor = caf::typed_actor<
  caf::replies_to<envelope, quantize_model>::with<quantized_model_ptr>>;

using verify_actor = caf::typed_actor<
  caf::replies_to<envelope, verify_variant>::with<verification_ptr>>;

using artifact_actor = caf::typed_actor<
  caf::replies_to<envelope, make_staging>::with<std::string>,
  caf::replies_to<envelope, adopt_staging>::with<storage::ingest_result>,
  caf::replies_to<envelope, link_artifact>::with<std::string>,
  caf::reacts_to<envelope, remove_staging>,
  caf::replies_to<envelope, find_artifact>::with<manifest_ptr>,
  caf::replies_to<envelope, collect_garbage>::with<collected_garbage>>;

/// A tier of the cache: puts a blob in place, checked against its SHA-256, or
/// says not_found.
using tier_actor =
  caf::typed_actor<caf::replies_to<envelope, fetch_blob>::with<acknowledged>>;

/// Where tiers get what they lack: takes the blob into the store of this
/// machine. Errors: data_loss (gone, or other bytes by now).
using origin_actor = tier_actor::extend<
  // Reads all blobs of an artifact. Errors: also data_loss for what is damaged
  // and has no origin.
  caf::replies_to<envelope, repair_artifact>::with<acknowledged>>;

using pull_actor =
  caf::typed_actor<caf::replies_to<envelope, pull_model>::with<pulled>,
                   caf::replies_to<envelope, export_model>::with<acknowledged>>;

using golden_actor = caf::typed_actor<
  caf::replies_to<envelope, record_golden>::with<golden_report>,
  caf::replies_to<envelope, check_golden>::with<golden_report>>;

} // namespace trivium::actors

#define TRIVIUM_STEP_TYPES(apply)                                              \
  apply(trivium::actors::repair_artifact) apply(trivium::actors::list_lanes)   \
    apply(std::vector<trivium::lane_status>) apply(                            \
      trivium::actors::tile_ptr) apply(trivium::actors::tile_result_ptr)       \
      apply(trivium::actors::planned_job_ptr) apply(                           \
        trivium::actors::open_output_ptr) apply(trivium::actors::ingest_model) \
        apply(trivium::actors::ingested) apply(trivium::actors::plan_job)      \
          apply(trivium::actors::start_output)                                 \
            apply(trivium::actors::write_unchanged)                            \
              apply(trivium::actors::write_scales)                             \
                apply(trivium::actors::finish_output) apply(                   \
                  trivium::actors::finished_output) apply(trivium::pull_model) \
                  apply(trivium::pulled) apply(trivium::actors::export_model)  \
                    apply(trivium::record_golden) apply(trivium::check_golden) \
                      apply(trivium::golden_report)                            \
                        apply(trivium::actors::quantize_model)                 \
                          apply(trivium::actors::quantized_model_ptr)          \
                            apply(trivium::actors::verify_variant)             \
                              apply(trivium::actors::verification_ptr) apply(  \
                                trivium::actors::manifest_ptr)                 \
                                apply(trivium::actors::make_staging) apply(    \
                                  trivium::actors::adopt_staging)              \
                                  apply(trivium::actors::link_artifact) apply( \
                                    trivium::actors::remove_staging)           \
                                    apply(trivium::actors::find_artifact)      \
                                      apply(trivium::actors::collect_garbage)  \
                                        apply(trivium::actors::fetch_blob)     \
                                          apply(trivium::stage_figure) apply(  \
                                            trivium::storage::ingest_result)   \
                                            apply(trivium::collected_garbage)

TRIVIUM_STEP_TYPES(TRIVIUM_LOCAL_TYPE)

#define TRIVIUM_STEP_TYPE_ID(type) CAF_ADD_TYPE_ID(trivium_steps, (type))
CAF_BEGIN_TYPE_ID_BLOCK(trivium_steps, caf::id_block::trivium::end)
TRIVIUM_STEP_TYPES(TRIVIUM_STEP_TYPE_ID)
CAF_END_TYPE_ID_BLOCK(trivium_steps)
