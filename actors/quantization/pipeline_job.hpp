#pragma once

#include "actors/quantization/job_steps.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

/// Where a pipeline job stands; its actor and its steps share it.
class pipeline_run;

struct pipeline_job_state {
  static inline constexpr const char* name = "pipeline_job";
  std::shared_ptr<pipeline_run> run;
};

/// The quantize journey: ingest → register → plan → write ∥ quantize →
/// verify → publish → promote. Tells the listener how it ended and goes.
caf::behavior pipeline_job(caf::stateful_actor<pipeline_job_state>* self,
                           job_services services, envelope from,
                           pipeline_request request,
                           job_listener_actor listener);

} // namespace trivium::actors
