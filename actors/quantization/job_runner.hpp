#pragma once

#include "actors/quantization/job_services.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct job_runner_state {
  static inline constexpr const char* name = "job_runner";
  uint64_t jobs = 0;
};

/// Starts a job actor for each request and answers with its id at once.
job_runner_actor::behavior_type
job_runner(job_runner_actor::stateful_pointer<job_runner_state> self,
           job_services services);

} // namespace trivium::actors
