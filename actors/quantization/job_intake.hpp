#pragma once

#include "messages/values/control.hpp"
#include "messages/values/ec.hpp"

#include <string>

namespace trivium::actors {

/// Unique over processes and restarts: time, process, count.
[[nodiscard]] std::string new_job_id(uint64_t count);

/// The work that a request from a door stands for, its recipe parsed; without a
/// text the recipe is one of those that are built in. Errors:
/// invalid_argument, not_found (recipe).
[[nodiscard]] expected<pipeline_request> intake(const job_request& request);

/// The record of a job that waits: parked, with its request.
[[nodiscard]] job_record waiting_record(const job_request& request,
                                        const std::string& id,
                                        const std::string& subject,
                                        const std::string& trace_id,
                                        unix_ms now);

/// The request of a parked job. Error: data_loss.
[[nodiscard]] expected<job_request> stored_request(const job_record& record);

} // namespace trivium::actors
