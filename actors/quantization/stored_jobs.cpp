#include "actors/quantization/stored_jobs.hpp"

#include "actors/observability/log.hpp"
#include "actors/quantization/job_intake.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <functional>
#include <unistd.h>

namespace trivium::actors {

namespace {

using pointer = job_runner_pointer;

/// The stored record of a job becomes `to` if it is in `state`; any other
/// stays. Then `done`, with what went wrong.
void rewrite(pointer self, const job_services& services, const envelope& from,
             const std::string& id, job_state state, job_state to,
             const std::string& reason,
             std::function<void(const expected<void>&)> done) {
  const auto key = keys::job(id);
  if (!key || !services.writer)
    return done(no_such_job(id));
  self->request(services.reader, command_limit, from, read_key{*key})
    .then(
      [=](const key_value& stored) {
        auto record = storage::decode_job(stored.value);
        if (!record)
          return done(fail(record.error()));
        if (record->state != state)
          return done(fail(ec::failed_precondition,
                           id + " is not " + std::string{to_string(state)}
                             + " but "
                             + std::string{to_string(record->state)}));
        record->state = to;
        record->reason = reason;
        record->ended_at = wall_clock();
        compare unchanged{*key, compare::what::modified_is, stored.modified};
        self
          ->request(services.writer, command_limit, from,
                    transaction{{unchanged},
                                {put{*key, storage::encode(*record), false}},
                                {}})
          .then(
            [=](const commit_result& result) {
              done(result.succeeded
                     ? expected<void>{}
                     : fail(ec::conflict, id + " goes on meanwhile"));
            },
            [=](caf::error& e) { done(fail(from_caf(e))); });
      },
      [=](caf::error& e) {
        auto why = from_caf(e);
        done(why.code == ec::not_found ? no_such_job(id) : fail(why));
      });
}

/// What waits, or waits for another start, begins no more.
caf::result<acknowledged> stop_stored(pointer self,
                                      const job_services& services,
                                      const envelope& from,
                                      const std::string& id) {
  auto promise = self->make_response_promise<acknowledged>();
  rewrite(self, services, from, id, job_state::parked, job_state::cancelled,
          "stopped before it began",
          [=](const expected<void>& written) mutable {
            auto& state = self->state;
            const auto found = state.jobs.find(id);
            if (found != state.jobs.end() && !found->second.is_running()
                && !found->second.outcome) {
              if (!written) {
                // Nobody else takes it up again; its place is the last now.
                found->second.is_stopping = false;
                state.waiting.push_back(id);
                begin_waiting(self, services);
              } else {
                fail_job(self, services, found->second,
                         {ec::cancelled, "stopped before it began"});
              }
            }
            if (!written)
              promise.deliver(to_caf(written.error()));
            else
              promise.deliver(acknowledged{});
          });
  return promise;
}

/// Oldest first.
std::vector<job_record> parked_ones(const std::vector<key_value>& stored) {
  std::vector<job_record> parked;
  for (const auto& one : stored)
    if (auto record = storage::decode_job(one.value);
        record && record->state == job_state::parked)
      parked.push_back(std::move(*record));
  std::sort(parked.begin(), parked.end(), came_before);
  return parked;
}

void resume(pointer self, const job_services& services, const envelope& from,
            const job_record& record) {
  auto request = stored_request(record);
  auto wanted = request ? intake(*request) : fail(request.error());
  if (!wanted) {
    const auto reason = "cannot go on: " + wanted.error().text;
    log_warning(from, "a parked job cannot go on",
                {{"job", record.id}, {"reason", wanted.error().text}});
    return rewrite(self, services, from, record.id, job_state::parked,
                   job_state::failed, reason, [](const expected<void>&) {});
  }
  tracked_job job;
  job.from = from;
  job.from.cancel = {};
  job.from.job = record.id;
  job.from.tenant = record.model.name_space;
  job.from.subject = record.subject;
  job.request = std::move(*wanted);
  job.status.record = record;
  enqueue(self, services, std::move(job));
}

/// True for the jobs of a runner that this one replaces, until they have ended.
bool is_left_behind(const job_runner_state& state, const key_value& stored) {
  const auto record = storage::decode_job(stored.value);
  return record && record->state == job_state::running
         && record->pid == ::getpid() && !record->request.empty()
         && state.jobs.count(record->id) == 0;
}

} // namespace

void resume_later(pointer self, const envelope& from) {
  caf::delayed_anon_send(caf::actor_cast<job_runner_actor>(self),
                         job_runner_state::look_again, from, resume_jobs{});
}

caf::result<acknowledged> stop(pointer self, const job_services& services,
                               const envelope& from, const std::string& id) {
  const auto found = self->state.jobs.find(id);
  if (found == self->state.jobs.end()) {
    if (!services.reader || !keys::job(id))
      return answer<acknowledged>(no_such_job(id));
    return stop_stored(self, services, from, id);
  }
  auto& job = found->second;
  if (job.outcome)
    return to_caf({ec::failed_precondition,
                   id + " has ended already: "
                     + std::string{to_string(job.status.record.state)}});
  *job.is_parking = false; // also one that was about to be parked
  if (job.is_running()) {
    job.from.cancel.cancel();
    return acknowledged{};
  }
  if (job.is_stopping)
    return to_caf({ec::failed_precondition, id + " is being stopped"});
  job.is_stopping = true;
  self->state.waiting.remove(id);
  if (!job.status.record.request.empty())
    return stop_stored(self, services, from, id);
  fail_job(self, services, job, {ec::cancelled, "stopped before it began"});
  return acknowledged{};
}

void resume_parked(pointer self, const job_services& services,
                   const envelope& from, const std::vector<key_value>& stored) {
  for (const auto& record : parked_ones(stored))
    resume(self, services, from, record);
  if (std::any_of(stored.begin(), stored.end(), [&](const auto& one) {
        return is_left_behind(self->state, one);
      }))
    resume_later(self, from);
}

caf::result<acknowledged> park(pointer self, const job_services& services,
                               const envelope& from) {
  auto& state = self->state;
  state.is_parking = true;
  // What waits is parked already: so its record says.
  state.waiting.clear();
  for (auto& [id, job] : state.jobs)
    if (job.is_running() && !job.from.cancel.is_cancelled()) {
      // Written down at once: the node may leave before the job's last step,
      // a sync of all its bytes, has ended.
      if (!job.status.record.request.empty())
        rewrite(self, services, from, id, job_state::running, job_state::parked,
                "the node stopped", [](const expected<void>&) {});
      *job.is_parking = true;
      job.from.cancel.cancel();
    }
  if (state.running == 0)
    return acknowledged{};
  auto promise = self->make_response_promise<acknowledged>();
  state.parked.push_back(promise);
  return promise;
}

} // namespace trivium::actors
