#include "actors/quantization/job_runner.hpp"

#include "actors/observability/log.hpp"
#include "actors/quantization/pipeline_job.hpp"
#include "actors/quantization/quantize_job.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <unistd.h>

namespace trivium::actors {

namespace {

/// Unique over processes and restarts: time, process, count.
std::string new_job_id(uint64_t count) {
  using namespace std::chrono;
  const auto now =
    duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return "job-" + std::to_string(now) + "-" + std::to_string(::getpid()) + "-"
         + std::to_string(count);
}

} // namespace

job_runner_actor::behavior_type
job_runner(job_runner_actor::stateful_pointer<job_runner_state> self,
           job_services services) {
  const auto begin = [self](envelope from, std::string_view kind) {
    from.job = new_job_id(++self->state.jobs);
    log_info(from, "job submitted", {{"kind", kind}});
    return from;
  };
  return {
    [=](const envelope& from, const pipeline_request& request,
        const job_listener_actor& listener) -> caf::result<std::string> {
      if (!listener)
        return to_caf({ec::invalid_argument, "a job needs a listener"});
      if (!services.registry)
        return to_caf({ec::failed_precondition, "a pipeline needs a store"});
      const auto job = begin(from, "pipeline");
      self->spawn(pipeline_job, services, job, request, listener);
      return job.job;
    },
    [=](const envelope& from, const quantize_request& request,
        const job_listener_actor& listener) -> caf::result<std::string> {
      if (!listener)
        return to_caf({ec::invalid_argument, "a job needs a listener"});
      const auto job = begin(from, "quantize");
      self->spawn(quantize_job, services, job, request, listener);
      return job.job;
    },
  };
}

} // namespace trivium::actors
