#pragma once

#include "messages/values/backup.hpp"
#include "messages/values/commands.hpp"
#include "messages/values/control.hpp"
#include "messages/values/job.hpp"
#include "messages/values/records.hpp"

namespace trivium::test {

/// Values in which every field says something, and nothing twice: a field that
/// is lost or mistaken for its neighbour is seen.
[[nodiscard]] version_record a_version();
[[nodiscard]] variant_record a_variant();
[[nodiscard]] alias_record an_alias();
[[nodiscard]] job_record a_job();
[[nodiscard]] event_record an_event();
[[nodiscard]] registration_record a_registration();

[[nodiscard]] node_identity an_identity();
[[nodiscard]] lane_status a_lane();
[[nodiscard]] device_status a_device();
[[nodiscard]] actor_status an_actor();
[[nodiscard]] node_status a_node();
[[nodiscard]] backup_summary a_backup();
[[nodiscard]] backup_progress a_backup_halfway();
[[nodiscard]] collected_garbage some_garbage();

[[nodiscard]] model_summary a_summary();
[[nodiscard]] model_details some_details();
[[nodiscard]] history_entry a_history_entry();
[[nodiscard]] lineage_entry a_lineage_entry();
[[nodiscard]] resolved_artifact a_resolved_alias();
[[nodiscard]] promoted a_promoted_alias();
[[nodiscard]] version_registered a_registered_version();

[[nodiscard]] promotion a_promotion();
[[nodiscard]] rollback a_rollback();
[[nodiscard]] lineage_query a_lineage_query();

[[nodiscard]] job_request a_job_request();
[[nodiscard]] golden_request a_golden_request();
[[nodiscard]] job_status a_job_status();
[[nodiscard]] job_details some_job_details();
[[nodiscard]] quantize_report a_quantize_report();
[[nodiscard]] pipeline_report a_pipeline_report();
[[nodiscard]] golden_report a_golden_report();

} // namespace trivium::test
