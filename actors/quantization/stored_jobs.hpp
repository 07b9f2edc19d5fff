#pragma once

#include "actors/quantization/job_queue.hpp"

/// Jobs as they are written down: what outlives a job runner, or its node.
/// Parts of that actor; for its handlers.
namespace trivium::actors {

/// Stops a job, be it known or only stored. Durable when it is answered for one
/// that waits. Errors: not_found, failed_precondition (it has ended).
[[nodiscard]] caf::result<acknowledged> stop(job_runner_pointer self,
                                             const job_services& services,
                                             const envelope& from,
                                             const std::string& id);

/// Cancels what runs, to go on at another start; answers when all has ended.
[[nodiscard]] caf::result<acknowledged> park(job_runner_pointer self,
                                             const job_services& services,
                                             const envelope& from);

/// Takes up the parked ones of `stored`, and looks again while another runner's
/// have not ended.
void resume_parked(job_runner_pointer self, const job_services& services,
                   const envelope& from, const std::vector<key_value>& stored);

/// Looks again for parked ones, in a while.
void resume_later(job_runner_pointer self, const envelope& from);

[[nodiscard]] inline tl::unexpected<error> no_such_job(const std::string& id) {
  return fail(ec::not_found, "no job \"" + printable(id) + "\" is known");
}

} // namespace trivium::actors
