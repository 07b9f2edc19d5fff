#include "actors/quantization/plan.hpp"

#include "actors/domain/planner.hpp"
#include "actors/observability/enlist.hpp"
#include "messages/interfaces/errors.hpp"
#include "storage/formats/main_file.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>

namespace trivium::actors {

namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

stage_figure& stage(planned_job& job, job_stage which) {
  return job.stages[static_cast<size_t>(which)];
}

std::vector<domain::plan_subject>
subjects_of(const storage::model_source& source) {
  std::vector<domain::plan_subject> subjects;
  for (const auto& tensor : source.tensors()) {
    domain::plan_subject subject;
    subject.name = tensor.name;
    subject.type = tensor.type;
    subject.shape = tensor.shape;
    subject.operators = tensor.operators;
    subject.has_channel_axis = tensor.channel_axis.has_value();
    subject.keep_reason = tensor.keep_reason;
    subject.bytes_before =
      tensor.held ? tensor.held->size() : tensor.where.size;
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

expected<planned_job_ptr> make_job(const storage::artifact_store* store,
                                   const plan_job& request) {
  auto job = std::make_shared<planned_job>();
  auto started = clock::now();
  storage::model_files files;
  if (request.artifact.is_set()) {
    TRIVIUM_TRY(files, open_artifact(*store, request.artifact));
  } else {
    TRIVIUM_TRY(files, storage::discover_model(request.path));
  }
  for (const auto& file : files.files)
    stage(*job, job_stage::inspect).bytes += file.bytes->size();
  TRIVIUM_TRY(job->source, storage::open_model(std::move(files)));
  stage(*job, job_stage::inspect).seconds = seconds_since(started);

  started = clock::now();
  const auto format = job->source->format();
  const auto* target = request.recipe->target(format);
  if (target == nullptr)
    return fail(ec::unsupported, "recipe \"" + request.recipe->name
                                   + "\" has no target for "
                                   + std::string{to_string(format)});
  TRIVIUM_TRY(job->plan, domain::make_plan(
                           format, subjects_of(*job->source), *target,
                           [&](size_t tensor, scheme action) {
                             return job->source->bytes_under(tensor, action);
                           }));
  TRIVIUM_TRY(job->layout, job->source->lay_out(job->plan));
  stage(*job, job_stage::plan).seconds = seconds_since(started);
  return planned_job_ptr{job};
}

} // namespace

expected<storage::model_files>
open_artifact(const storage::artifact_store& store, const digest& artifact) {
  TRIVIUM_TRY(const auto entries, store.find(artifact));
  storage::model_files files;
  files.format = entries.format;
  for (const auto& entry : entries.files) {
    TRIVIUM_TRY(auto bytes, store.open_blob(entry.sha256, entry.size));
    files.files.push_back({entry.path, entry.role, std::move(bytes)});
  }
  TRIVIUM_CHECK(storage::bring_main_file_first(files));
  return files;
}

plan_actor::behavior_type plan(plan_actor::stateful_pointer<plan_state> self,
                               std::shared_ptr<storage::artifact_store> store) {
  enlist(self);
  return {
    [store](const envelope&, const plan_job& request) {
      return answer(make_job(store.get(), request));
    },
  };
}

} // namespace trivium::actors
