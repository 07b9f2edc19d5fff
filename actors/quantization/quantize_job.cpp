#include "actors/quantization/quantize_job.hpp"

#include "actors/observability/log.hpp"
#include "messages/values/names.hpp"

#include <unistd.h>

namespace trivium::actors {

namespace {

namespace fs = std::filesystem;

/// A folder beside the target, so that the last step is one rename.
fs::path folder_beside(const fs::path& target) {
  return target.parent_path()
         / ("." + target.filename().native() + "." + std::to_string(::getpid())
            + ".partial");
}

} // namespace

caf::behavior quantize_job(caf::stateful_actor<quantize_job_state>* self,
                           job_services services, envelope from,
                           quantize_request request,
                           job_listener_actor listener) {
  const auto end = [=](quantize_report_ptr report, error failure) {
    self->state.steps->stop();
    self->send(
      listener, from,
      job_outcome{from.job, nullptr, std::move(report), std::move(failure)});
    self->quit();
  };
  self->state.steps = std::make_unique<job_steps>(
    self, std::move(services), from, listener, [=](error reason) {
      log_error(from, "job failed", {{"reason", reason.text}});
      end(nullptr, std::move(reason));
    });
  auto& steps = *self->state.steps;

  auto target = request.out.lexically_normal();
  if (!target.has_filename()) // "out/" means the folder "out"
    target = target.parent_path();
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(target, ignored))) {
    steps.fail(
      error{ec::already_exists, printable(target.native())
                                  + ": exists already; name another --out"});
    return {};
  }
  plan_job wanted;
  wanted.path = request.model;
  wanted.recipe = std::make_shared<const trivium::recipe>(request.recipe);
  steps.plan(wanted, [=](const planned_job_ptr& job) {
    self->state.steps->produce(job, folder_beside(target), request.memory_bytes,
                               finish_output{target, request.wants_digest},
                               [=](quantize_report_ptr report) {
                                 end(std::move(report), {ec::none, {}});
                               });
  });
  // Keeps the actor alive while its requests are under way.
  return {[](op::cancel) {}};
}

} // namespace trivium::actors
