#include "actors/quantization/job_steps.hpp"

#include "actors/observability/log.hpp"
#include "actors/quantization/plan.hpp"
#include "actors/quantization/quantize.hpp"
#include "actors/quantization/write.hpp"
#include "messages/interfaces/errors.hpp"

namespace trivium::actors {

/// One output on its way: unchanged bytes and quantized tensors come together.
struct production {
  planned_job_ptr job;
  write_actor writer;
  finish_output finish;
  std::function<void(quantize_report_ptr)> next;
  quantized_model_ptr quantized;
  bool is_copied = false;
};

namespace {

quantize_report report_of(const production& one, const job_services& services,
                          const finished_output& finished,
                          std::array<stage_figure, job_stages> stages) {
  const auto& source = *one.job->source;
  quantize_report report;
  report.format = source.format();
  report.stages = stages;
  report.device = services.device;
  report.lanes = services.lanes;
  report.artifact = finished.artifact;
  report.out = one.finish.target;
  for (const auto& file : source.files().files)
    report.bytes_before += file.bytes->size();
  for (const auto& file : one.job->layout.files)
    report.bytes_after += file.size;
  for (const auto& decision : one.job->plan.decisions) {
    const auto& info = source.tensors()[decision.tensor];
    report.tensors.push_back({info.name, info.type, info.shape, decision.action,
                              decision.reason, decision.bytes_before,
                              decision.bytes_after,
                              one.quantized->errors.at(decision.tensor)});
    if (decision.action == scheme::keep)
      continue;
    report.quantized_elements += element_count(info.shape).value_or(0);
    report.quantized_bytes += decision.bytes_after;
  }
  return report;
}

} // namespace

job_steps::job_steps(self_pointer self, job_services services, envelope from,
                     job_listener_actor listener,
                     std::function<void(error)> failed)
  : self_(self), services_(std::move(services)), from_(std::move(from)),
    listener_(std::move(listener)), failed_(std::move(failed)) {}

void job_steps::fail(const caf::error& e) { fail(from_caf(e)); }

void job_steps::fail(error reason) {
  if (std::exchange(has_failed_, true))
    return;
  stop();
  if (reason.code == ec::cancelled)
    log_info(from_, "job stopped", {{"reason", reason.text}});
  else
    log_error(from_, "job failed", {{"reason", reason.text}});
  failed_(std::move(reason));
}

void job_steps::stop() {
  for (const auto& worker : std::exchange(workers_, {}))
    self_->send_exit(caf::actor_cast<caf::actor>(worker),
                     caf::exit_reason::user_shutdown);
}

void job_steps::plan(plan_job request,
                     std::function<void(planned_job_ptr)> next) {
  const auto worker = adopt(spawn_worker(self_->system(), services_.mode,
                                         actors::plan, services_.store));
  self_->request(worker, step_limit, from_, std::move(request))
    .then(
      [this, next](const planned_job_ptr& job) {
        if (has_failed_)
          return;
        for (const auto which : {job_stage::inspect, job_stage::plan})
          stages[static_cast<size_t>(which)] =
            job->stages[static_cast<size_t>(which)];
        next(job);
      },
      [this](caf::error& e) { fail(e); });
}

void job_steps::produce(planned_job_ptr job, std::filesystem::path folder,
                        uint64_t memory_bytes, finish_output finish,
                        std::function<void(quantize_report_ptr)> next) {
  const auto one = std::make_shared<production>();
  one->job = job;
  one->finish = std::move(finish);
  one->next = std::move(next);
  one->writer = adopt(
    spawn_worker(self_->system(), services_.mode, actors::write, listener_));
  ask<open_output_ptr>(
    job_stage::write, one->writer,
    start_output{job, std::move(folder), one->finish.target},
    [=, this](const open_output_ptr& output) {
      ask<stage_figure>(job_stage::write, one->writer, write_unchanged{},
                        [=, this](const stage_figure& copied) {
                          one->is_copied = true;
                          stages[static_cast<size_t>(job_stage::write)].bytes +=
                            copied.bytes;
                          finish_when_written(one);
                        });
      const auto worker = adopt(self_->system().spawn(
        actors::quantize, services_.scheduler, one->writer, listener_,
        quantize_options{services_.tile_bytes, services_.lanes}));
      const auto memory =
        memory_bytes == 0 ? services_.memory_bytes : memory_bytes;
      ask<quantized_model_ptr>(
        job_stage::quantize, worker, quantize_model{job, output, memory},
        [=, this](const quantized_model_ptr& done) {
          one->quantized = done;
          stages[static_cast<size_t>(job_stage::quantize)].bytes =
            done->source_bytes;
          finish_when_written(one);
        });
    });
}

void job_steps::finish_when_written(const std::shared_ptr<production>& one) {
  if (!one->is_copied || !one->quantized)
    return;
  ask<finished_output>(job_stage::write, one->writer, one->finish,
                       [=, this](const finished_output& finished) {
                         one->next(std::make_shared<const quantize_report>(
                           report_of(*one, services_, finished, stages)));
                       });
}

} // namespace trivium::actors
