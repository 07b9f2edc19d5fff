#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/error_sums.hpp"
#include "messages/values/manifest.hpp"
#include "messages/values/recipe.hpp"
#include "messages/values/records.hpp"
#include "messages/values/tensor_type.hpp"
#include "messages/values/transaction.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trivium {

/// The steps of a job, in order.
enum class job_stage : uint8_t {
  ingest = 0,
  inspect,
  plan,
  quantize,
  write,
  verify,
  publish,
  promote
};
inline constexpr size_t job_stages = 8;

[[nodiscard]] std::string_view to_string(job_stage stage);

/// Of a made-up input's values; integers take both ends, floats never the
/// upper one.
struct input_range {
  double low = 0;
  double high = 0;

  friend bool operator==(const input_range&, const input_range&) = default;
};

/// What made-up inputs may look like.
struct input_hints {
  std::map<std::string, std::vector<uint64_t>> shapes; ///< --shape NAME=1,3,48
  std::map<std::string, input_range> ranges; ///< --input-range NAME=a:b
};

/// The steps of a job, in their order.
struct pipeline_request {
  std::filesystem::path model; ///< Empty: `name` at `version`, registered.
  trivium::recipe recipe;
  model_ref name;
  std::string version;              ///< Empty: 1.0.0.
  std::string alias = "production"; ///< To promote; empty: none.
  std::filesystem::path golden;     ///< Folder of a golden set; empty: none.
  input_hints hints;
  std::filesystem::path out; ///< Also copy the variant there; empty: no.
  uint64_t memory_bytes = 0; ///< For tiles in flight; 0: the setting.
  bool allow_unverified = false;
  bool force = false;
  bool only_register = false; ///< End when the version is registered.
  std::string stored;         ///< v1::JobRequest, kept with the job's record.
};

/// The same without a registry.
struct quantize_request {
  std::filesystem::path model;
  trivium::recipe recipe;
  std::filesystem::path out;
  uint64_t memory_bytes = 0;
  bool wants_digest = true;
};

struct stage_figure {
  double seconds = 0;
  uint64_t bytes = 0; ///< Read or written, whichever the stage is about.
};

/// One tensor in the report; figures are of its values, weights against their
/// dequantized form.
struct tensor_figure {
  std::string name;
  tensor_type type = tensor_type::unknown;
  tensor_shape shape;
  scheme action = scheme::keep;
  std::string reason;
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  error_sums errors;
};

/// What one run of quantize → write gave.
struct quantize_report {
  model_format format = model_format::unknown;
  std::vector<tensor_figure> tensors;
  uint64_t bytes_before = 0; ///< Whole artifact.
  uint64_t bytes_after = 0;
  uint64_t quantized_elements = 0;
  uint64_t quantized_bytes = 0; ///< Values and scales of those elements.
  uint64_t lanes = 0;
  std::string device;
  std::array<stage_figure, job_stages> stages{};
  digest artifact;           ///< Of the output; unset when not wanted.
  std::filesystem::path out; ///< Where it is; empty in a store.
};

struct pipeline_report {
  std::string job;
  std::string trace_id;
  version_record source;
  bool version_was_known = false;
  variant_record variant;
  bool variant_was_known = false; ///< Nothing was quantized this time.
  std::optional<quantize_report> quantized; ///< Absent when it was known.
  alias_record alias;
  bool alias_was_there = false;
  revision at = 0; ///< Of the promotion (or of what was found).
  double seconds = 0;
  std::array<stage_figure, job_stages> stages{};
};

/// The artifact that an alias names, complete, into
/// FOLDER/versions/DIGEST; then FOLDER/current points there.
struct pull_model {
  alias_ref alias;
  std::filesystem::path folder;
};

struct pulled {
  alias_record alias;
  std::filesystem::path folder; ///< The complete one.
  uint64_t bytes = 0;
  bool was_there = false; ///< FOLDER/current pointed there already.
};

/// Runs the float model on every input and writes the set.
struct record_golden {
  std::filesystem::path model;
  std::filesystem::path inputs; ///< Folder of .npy; empty: made up.
  input_hints hints;
  std::filesystem::path out;
  std::string created; ///< RFC 3339.
};

/// Runs a model on a set's inputs and compares.
struct check_golden {
  std::filesystem::path model;
  std::filesystem::path golden;
};

struct golden_report {
  uint64_t cases = 0;
  digest source; ///< Of the model that was run.
  std::string executor;
  std::string precision;
  std::string cpu;
  output_figures figures; ///< check_golden only.
};

/// What garbage collection removed, or would remove.
struct collected_garbage {
  uint64_t blobs = 0;
  uint64_t bytes = 0;
  std::vector<std::string> names;
};

/// A device as `trivium devices` shows it.
struct device_status {
  std::string kind;
  std::string name;
  uint32_t lanes = 0;
  uint64_t memory_bytes = 0;
  std::string absence; ///< Why it cannot be used; empty when it can.
};

/// Sent while a job runs; `total` 0 = not known.
struct job_progress {
  std::string job;
  job_stage stage = job_stage::ingest;
  uint64_t done = 0;
  uint64_t total = 0;
};

} // namespace trivium
