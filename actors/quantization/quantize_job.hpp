#pragma once

#include "actors/quantization/job_steps.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct quantize_job_state {
  static inline constexpr const char* name = "quantize_job";
  std::unique_ptr<job_steps> steps;
};

/// One model to one file or folder, without a registry: plan → write ∥ quantize
/// → in place. Tells the listener how it ended and goes.
caf::behavior quantize_job(caf::stateful_actor<quantize_job_state>* self,
                           job_services services, envelope from,
                           quantize_request request,
                           job_listener_actor listener);

} // namespace trivium::actors
