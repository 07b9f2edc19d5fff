#pragma once

#include "actors/quantization/job_runner.hpp"

/// The queue of a job runner: what waits, what runs, how it ended. Parts of
/// that actor; for its handlers.
namespace trivium::actors {

using job_runner_pointer = job_runner_actor::stateful_pointer<job_runner_state>;

/// As others see it: without the request, up to 1 MiB with each step.
[[nodiscard]] job_status status_now(const tracked_job& job);

/// Several may come within a millisecond; then the count at the id's end tells.
[[nodiscard]] bool came_before(const job_record& a, const job_record& b);

void tell_watchers(job_runner_pointer self, const tracked_job& job);

/// Takes a job into the queue; one that is known stays as it is.
void enqueue(job_runner_pointer self, const job_services& services,
             tracked_job job);

/// Begins as many as may run at once.
void begin_waiting(job_runner_pointer self, const job_services& services);

/// Tells everyone how it ended, and begins the next.
void ended(job_runner_pointer self, const job_services& services,
           tracked_job& job, job_outcome outcome);
void fail_job(job_runner_pointer self, const job_services& services,
              tracked_job& job, error failure);

/// A job says itself how it ended; what ends otherwise (a bug of ours that
/// threw) must not leave anyone waiting.
void job_gone(job_runner_pointer self, const job_services& services,
              const caf::down_msg& gone);

} // namespace trivium::actors
