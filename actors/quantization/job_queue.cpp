#include "actors/quantization/job_queue.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/log.hpp"
#include "actors/quantization/pipeline_job.hpp"
#include "actors/quantization/quantize_job.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace trivium::actors {

namespace {

using pointer = job_runner_pointer;
using steady = std::chrono::steady_clock;

double seconds_of(const tracked_job& job) {
  return job.is_running()
           ? std::chrono::duration<double>(steady::now() - job.began).count()
           : job.status.seconds;
}

void forget_oldest(job_runner_state& state) {
  while (state.ended.size() > job_runner_state::max_ended) {
    state.jobs.erase(state.ended.front());
    state.ended.pop_front();
  }
}

void answer_parked(job_runner_state& state) {
  if (!state.is_parking || state.running > 0)
    return;
  for (auto& promise : std::exchange(state.parked, {}))
    promise.deliver(acknowledged{});
}

/// What the job's own last record says, where nobody read it.
job_state state_of(const error& failure, bool is_parking) {
  if (failure.code == ec::none)
    return job_state::done;
  if (failure.code != ec::cancelled)
    return job_state::failed;
  return is_parking ? job_state::parked : job_state::cancelled;
}

void begin(pointer self, const job_services& services, tracked_job& job) {
  auto& state = self->state;
  const auto listener = caf::actor_cast<job_listener_actor>(
    caf::actor_cast<caf::strong_actor_ptr>(self));
  auto own = services;
  own.is_parking = job.is_parking;
  const auto actor = std::visit(
    [&](const auto& request) -> caf::actor {
      if constexpr (std::is_same_v<std::decay_t<decltype(request)>,
                                   pipeline_request>)
        return self->spawn(pipeline_job, own, job.from, request, listener);
      else
        return self->spawn(quantize_job, own, job.from, request, listener);
    },
    job.request);
  directory_of(self->system()).adopt(actor, self->id(), job.from.job);
  self->monitor(actor);
  job.actor = actor.address();
  job.began = steady::now();
  job.status.is_queued = false;
  job.status.record.state = job_state::running;
  ++state.running;
  tell_watchers(self, job);
}

} // namespace

job_status status_now(const tracked_job& job) {
  auto status = job.status;
  status.record.request.clear();
  status.seconds = seconds_of(job);
  return status;
}

bool came_before(const job_record& a, const job_record& b) {
  const auto place = [](const job_record& one) {
    return std::make_tuple(one.started_at, one.id.size(), one.id);
  };
  return place(a) < place(b);
}

void tell_watchers(pointer self, const tracked_job& job) {
  const auto status = status_now(job);
  for (const auto& watcher : self->state.watchers)
    self->send(watcher, job.from, status);
}

void ended(pointer self, const job_services& services, tracked_job& job,
           job_outcome outcome) {
  auto& state = self->state;
  if (job.outcome)
    return;
  auto& record = job.status.record;
  record.state =
    state_of(outcome.failure, *job.is_parking && !record.request.empty());
  record.reason = outcome.failure.text;
  record.ended_at = wall_clock();
  job.status.seconds = seconds_of(job);
  job.status.is_queued = false;
  if (job.is_running()) {
    --state.running;
    job.actor = nullptr;
  }
  job.outcome = outcome;
  if (job.listener)
    self->send(job.listener, job.from, std::move(outcome));
  tell_watchers(self, job);
  state.ended.push_back(job.from.job);
  forget_oldest(state);
  answer_parked(state);
  begin_waiting(self, services);
}

void fail_job(pointer self, const job_services& services, tracked_job& job,
              error failure) {
  ended(self, services, job,
        job_outcome{job.from.job, nullptr, nullptr, std::move(failure)});
}

void job_gone(pointer self, const job_services& services,
              const caf::down_msg& gone) {
  auto& state = self->state;
  std::erase_if(state.watchers, [&](const auto& watcher) {
    return watcher.address() == gone.source;
  });
  const auto found =
    std::find_if(state.jobs.begin(), state.jobs.end(), [&](const auto& job) {
      return job.second.is_running() && job.second.actor == gone.source;
    });
  if (found == state.jobs.end() || gone.reason == caf::exit_reason::normal
      || gone.reason == caf::error{})
    return; // its outcome is in the mailbox
  auto& job = found->second;
  const auto reason = from_caf(gone.reason).text;
  log_error(job.from, "job actor ended", {{"reason", reason}});
  if (services.writer) {
    // Its record must not say "running" for ever.
    auto record = job.status.record;
    record.state = job_state::failed;
    record.reason = "the job ended: " + reason;
    record.ended_at = wall_clock();
    if (auto key = keys::job(record.id))
      self
        ->request(
          services.writer, command_limit, job.from,
          transaction{{}, {put{*key, storage::encode(record), false}}, {}})
        .then([](const commit_result&) {}, [](caf::error&) {});
  }
  fail_job(self, services, job, {ec::internal, "the job ended: " + reason});
}

void begin_waiting(pointer self, const job_services& services) {
  auto& state = self->state;
  while (!state.is_parking && !state.waiting.empty()
         && state.running < services.jobs_at_once) {
    const auto id = state.waiting.front();
    state.waiting.pop_front();
    if (const auto found = state.jobs.find(id); found != state.jobs.end())
      begin(self, services, found->second);
  }
}

void enqueue(pointer self, const job_services& services, tracked_job job) {
  auto& state = self->state;
  const auto id = job.from.job;
  job.status.record.id = id;
  job.status.is_queued = true;
  job.status.record.state = job_state::running;
  const auto [at, is_new] = state.jobs.emplace(id, std::move(job));
  if (!is_new)
    return;
  log_info(at->second.from, "job submitted",
           {{"kind", at->second.status.record.kind}});
  state.waiting.push_back(id);
  tell_watchers(self, at->second);
  begin_waiting(self, services);
}

} // namespace trivium::actors
