#include "actors/quantization/quantize_job.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "storage/file_io/output_target.hpp"

namespace trivium::actors {

caf::behavior quantize_job(caf::stateful_actor<quantize_job_state>* self,
                           job_services services, envelope from,
                           quantize_request request,
                           job_listener_actor listener) {
  enlist(self);
  const auto end = [=](quantize_report_ptr report, error failure) {
    self->state.steps->stop();
    self->send(
      listener, from,
      job_outcome{from.job, nullptr, std::move(report), std::move(failure)});
    self->quit();
  };
  self->state.steps = std::make_unique<job_steps>(
    self, std::move(services), from, listener,
    [=](error reason) { end(nullptr, std::move(reason)); });
  auto& steps = *self->state.steps;

  auto target = storage::output_target(request.out);
  if (!target) {
    steps.fail(target.error());
    return {};
  }
  plan_job wanted;
  wanted.path = request.model;
  wanted.recipe = std::make_shared<const trivium::recipe>(request.recipe);
  steps.plan(wanted, [=, target = *target](const planned_job_ptr& job) {
    self->state.steps->produce(job, {}, request.memory_bytes,
                               finish_output{target, request.wants_digest},
                               [=](quantize_report_ptr report) {
                                 end(std::move(report), {ec::none, {}});
                               });
  });
  // Keeps the actor alive while its requests are under way.
  return {[](op::cancel) {}};
}

} // namespace trivium::actors
