#include "actors/quantization/job_runner.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/quantization/job_intake.hpp"
#include "actors/quantization/stored_jobs.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <unistd.h>

namespace trivium::actors {

job_runner_state::~job_runner_state() {
  for (auto& [id, job] : jobs) {
    if (job.outcome)
      continue;
    if (job.listener)
      caf::anon_send(
        job.listener, job.from,
        job_outcome{
          id, nullptr, nullptr, {ec::unavailable, "its runner ended"}});
    if (job.is_running() && !job.from.cancel.is_cancelled()) {
      *job.is_parking = true;
      job.from.cancel.cancel();
    }
  }
}

namespace {

using pointer = job_runner_pointer;

template <class Request>
caf::result<std::string> submit(pointer self, const job_services& services,
                                envelope from, const Request& request,
                                std::string_view kind,
                                const job_listener_actor& listener) {
  if (!listener)
    return to_caf({ec::invalid_argument, "a job needs a listener"});
  if (self->state.is_parking)
    return to_caf({ec::unavailable, "the node stops; it takes no new jobs"});
  from.job = new_job_id(++self->state.submitted);
  tracked_job job;
  job.from = from;
  job.request = request;
  job.listener = listener;
  job.status.record.kind = kind;
  job.status.record.subject = from.subject;
  job.status.record.trace_id = trace_id_text(from.trace);
  job.status.record.pid = ::getpid();
  job.status.record.started_at = wall_clock();
  if constexpr (std::is_same_v<Request, pipeline_request>)
    job.status.record.model = request.name;
  job.status.record.recipe = request.recipe.name;
  enqueue(self, services, std::move(job));
  return from.job;
}

/// Written down first: what was answered with an id is not lost.
caf::result<std::string> submit_request(pointer self,
                                        const job_services& services,
                                        envelope from,
                                        const job_request& request) {
  auto& state = self->state;
  if (state.is_parking)
    return to_caf({ec::unavailable, "the node stops; it takes no new jobs"});
  if (state.waiting.size() >= job_runner_state::max_waiting)
    return to_caf({ec::resource_exhausted, std::to_string(state.waiting.size())
                                             + " jobs are waiting already"});
  if (!services.registry)
    return to_caf({ec::failed_precondition, "this needs a store"});
  auto wanted = intake(request);
  if (!wanted)
    return to_caf(wanted.error());
  from.job = new_job_id(++state.submitted);
  tracked_job job;
  job.from = from;
  job.request = std::move(*wanted);
  job.status.record = waiting_record(request, from.job, from.subject,
                                     trace_id_text(from.trace), wall_clock());
  auto key = keys::job(from.job);
  if (!key)
    return to_caf(key.error());
  auto promise = self->make_response_promise<std::string>();
  const auto shared = std::make_shared<tracked_job>(std::move(job));
  self
    ->request(
      services.writer, command_limit, from,
      transaction{
        {}, {put{*key, storage::encode(shared->status.record), false}}, {}})
    .then(
      [=](const commit_result&) mutable {
        const auto id = shared->from.job;
        enqueue(self, services, std::move(*shared));
        promise.deliver(id);
      },
      [=](caf::error& e) mutable {
        auto reason = from_caf(e);
        if (reason.code == ec::deadline_exceeded) {
          reason = {ec::outcome_unknown,
                    "the job's record was not confirmed in time"};
          // One that was written all the same is parked: it begins soon.
          resume_later(self, shared->from);
        }
        promise.deliver(to_caf(reason));
      });
  return promise;
}

std::vector<job_status> unfinished(const job_runner_state& state) {
  std::vector<job_status> found;
  for (const auto& [id, job] : state.jobs)
    if (!job.outcome)
      found.push_back(status_now(job));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return came_before(a.record, b.record);
  });
  return found;
}

expected<job_details_ptr> details(const job_runner_state& state,
                                  const std::string& id) {
  const auto found = state.jobs.find(id);
  if (found == state.jobs.end())
    return no_such_job(id);
  const auto& job = found->second;
  auto made = std::make_shared<job_details>();
  made->status = status_now(job);
  if (job.outcome) {
    made->failure = job.outcome->failure;
    if (job.outcome->pipeline)
      made->report = *job.outcome->pipeline;
    if (made->report && !made->report->variant.recipe_digest.is_set())
      made->report->variant = {}; // nothing was quantized
    if (made->report
        && made->status.record.kind == to_string(job_kind::register_model))
      made->registered =
        version_registered{made->report->source, made->report->at,
                           made->report->version_was_known};
  }
  return job_details_ptr{made};
}

} // namespace

job_runner_actor::behavior_type job_runner(pointer self,
                                           job_services services) {
  enlist(self);
  self->set_down_handler(
    [=](const caf::down_msg& gone) { job_gone(self, services, gone); });
  return {
    [=](const envelope& from, const pipeline_request& request,
        const job_listener_actor& listener) -> caf::result<std::string> {
      if (!services.registry)
        return to_caf({ec::failed_precondition, "a pipeline needs a store"});
      return submit(self, services, from, request, "pipeline", listener);
    },
    [=](const envelope& from, const quantize_request& request,
        const job_listener_actor& listener) {
      return submit(self, services, from, request, "quantize", listener);
    },
    [=](const envelope& from, const job_request& request) {
      return submit_request(self, services, from, request);
    },
    [=](const envelope&, list_jobs) { return unfinished(self->state); },
    [=](const envelope&, const get_job& wanted) {
      return answer(details(self->state, wanted.job));
    },
    [=](const envelope& from, const stop_job& wanted) {
      return stop(self, services, from, wanted.job);
    },
    [=](const envelope&,
        const job_watcher_actor& watcher) -> caf::result<acknowledged> {
      if (!watcher)
        return to_caf({ec::invalid_argument, "a watch needs a watcher"});
      auto& watchers = self->state.watchers;
      if (std::find(watchers.begin(), watchers.end(), watcher)
          == watchers.end()) {
        self->monitor(watcher);
        watchers.push_back(watcher);
      }
      return acknowledged{};
    },
    [=](const envelope& from, resume_jobs) -> caf::result<acknowledged> {
      auto promise = self->make_response_promise<acknowledged>();
      self
        ->request(services.reader, command_limit, from,
                  read_prefix{std::string{keys::jobs_prefix}})
        .then(
          [=](const std::vector<key_value>& jobs) mutable {
            resume_parked(self, services, from, jobs);
            promise.deliver(acknowledged{});
          },
          [=](caf::error& e) mutable { promise.deliver(std::move(e)); });
      return promise;
    },
    [=](const envelope& from, park_jobs) { return park(self, services, from); },
    [=](const envelope& from, const job_progress& step) {
      const auto found = self->state.jobs.find(from.job);
      if (found == self->state.jobs.end() || found->second.outcome)
        return;
      auto& job = found->second;
      job.status.stage = step.stage;
      job.status.done = step.done;
      job.status.total = step.total;
      if (job.listener)
        self->send(job.listener, job.from, step);
      tell_watchers(self, job);
    },
    [=](const envelope& from, const job_outcome& outcome) {
      if (const auto found = self->state.jobs.find(from.job);
          found != self->state.jobs.end())
        ended(self, services, found->second, outcome);
    },
  };
}

} // namespace trivium::actors
