#pragma once

#include "config/settings.hpp"
#include "messages/values/commands.hpp"
#include "messages/values/envelope.hpp"
#include "messages/values/job.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trivium::actors {

struct node_options {
  config::settings settings;
  bool wants_store = true;       ///< False: only `quantize` and golden sets.
  std::filesystem::path program; ///< This binary, for executor workers.
};

/// How a pipeline ended: the report as far as it came, and why not further.
struct pipeline_end {
  pipeline_report report;
  error failure{ec::none, {}};
};

/// The actors of one process, behind calls that wait. Owned by the tool that
/// runs them; no CAF type shows. Each call takes the envelope of its request:
/// set its cancel token from any thread to stop the work.
class node {
public:
  using progress = std::function<void(const job_progress&)>;

  /// Opens the store (marking what a dead process left), probes devices, spawns
  /// the actors. Errors: those of the store; unavailable when another process
  /// holds it.
  [[nodiscard]] static expected<std::unique_ptr<node>>
  start(const node_options& options);

  virtual ~node() = default;

  [[nodiscard]] virtual pipeline_end pipeline(const envelope& from,
                                              const pipeline_request& request,
                                              const progress& report) = 0;

  [[nodiscard]] virtual expected<quantize_report>
  quantize(const envelope& from, const quantize_request& request,
           const progress& report) = 0;

  /// Takes the model at `path` in as a version.
  [[nodiscard]] virtual expected<version_registered>
  register_model(const envelope& from, const std::filesystem::path& path,
                 const model_ref& model, const semver& version,
                 const progress& report) = 0;

  [[nodiscard]] virtual expected<golden_report>
  record(const envelope& from, const record_golden& request) = 0;

  [[nodiscard]] virtual expected<golden_report>
  check(const envelope& from, const check_golden& request) = 0;

  [[nodiscard]] virtual expected<pulled> pull(const envelope& from,
                                              const pull_model& request) = 0;

  /// Removes blobs that nothing names and that are older than `keep_for`.
  [[nodiscard]] virtual expected<collected_garbage>
  collect(const envelope& from, std::chrono::seconds keep_for,
          bool dry_run) = 0;
};

/// Devices and the graph runtime, those that are absent with the reason.
[[nodiscard]] std::vector<device_status>
probe_devices(const std::filesystem::path& program);

} // namespace trivium::actors
