#include "actors/quantization/job_runner.hpp"

#include "actors/observability/exceptions.hpp"
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
  explain_exceptions(self);
  // A job says itself how it ended, and then goes; what ends otherwise (a bug
  // of ours that threw) must not leave its listener waiting for ever.
  self->set_down_handler([self](const caf::down_msg& gone) {
    const auto job = self->state.running.extract(gone.source);
    if (job.empty() || gone.reason == caf::exit_reason::normal
        || gone.reason == caf::exit_reason::user_shutdown
        || gone.reason == caf::error{})
      return;
    const auto& [from, listener] = job.mapped();
    const auto reason = from_caf(gone.reason);
    log_error(from, "job actor ended", {{"reason", reason.text}});
    self->send(listener, from,
               job_outcome{from.job,
                           nullptr,
                           nullptr,
                           {ec::internal, "the job ended: " + reason.text}});
  });
  const auto begin = [self](envelope from, std::string_view kind) {
    from.job = new_job_id(++self->state.jobs);
    log_info(from, "job submitted", {{"kind", kind}});
    return from;
  };
  const auto watch = [self](const auto& job, const envelope& from,
                            const job_listener_actor& listener) {
    self->monitor(job);
    self->state.running.emplace(job->address(),
                                job_runner_state::running_job{from, listener});
    return from.job;
  };
  return {
    [=](const envelope& from, const pipeline_request& request,
        const job_listener_actor& listener) -> caf::result<std::string> {
      if (!listener)
        return to_caf({ec::invalid_argument, "a job needs a listener"});
      if (!services.registry)
        return to_caf({ec::failed_precondition, "a pipeline needs a store"});
      const auto job = begin(from, "pipeline");
      return watch(self->spawn(pipeline_job, services, job, request, listener),
                   job, listener);
    },
    [=](const envelope& from, const quantize_request& request,
        const job_listener_actor& listener) -> caf::result<std::string> {
      if (!listener)
        return to_caf({ec::invalid_argument, "a job needs a listener"});
      const auto job = begin(from, "quantize");
      return watch(self->spawn(quantize_job, services, job, request, listener),
                   job, listener);
    },
  };
}

} // namespace trivium::actors
