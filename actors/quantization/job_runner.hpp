#pragma once

#include "actors/quantization/job_services.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>

#include <map>

namespace trivium::actors {

struct job_runner_state {
  static inline constexpr const char* name = "job_runner";
  uint64_t jobs = 0; ///< Submitted so far.

  /// Whom to tell when a job's actor ends without a word of its own.
  struct running_job {
    envelope from;
    job_listener_actor listener;
  };
  std::map<caf::actor_addr, running_job> running;
};

/// Starts a job actor for each request and answers with its id at once.
job_runner_actor::behavior_type
job_runner(job_runner_actor::stateful_pointer<job_runner_state> self,
           job_services services);

} // namespace trivium::actors
