#include "actors/quantization/job_runner.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/quantization/job_intake.hpp"
#include "actors/quantization/pipeline_job.hpp"
#include "actors/quantization/quantize_job.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <tuple>
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

using pointer = job_runner_actor::stateful_pointer<job_runner_state>;
using steady = std::chrono::steady_clock;

tl::unexpected<error> no_such_job(const std::string& id) {
  return fail(ec::not_found, "no job \"" + printable(id) + "\" is known");
}

double seconds_of(const tracked_job& job) {
  return job.is_running()
           ? std::chrono::duration<double>(steady::now() - job.began).count()
           : job.status.seconds;
}

/// As others see it: without the request, up to 1 MiB with each step.
job_status status_now(const tracked_job& job) {
  auto status = job.status;
  status.record.request.clear();
  status.seconds = seconds_of(job);
  return status;
}

/// Several may come within a millisecond; then the count at the id's end tells.
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

void begin_waiting(pointer self, const job_services& services);

void resume_later(pointer self, const envelope& from) {
  caf::delayed_anon_send(caf::actor_cast<job_runner_actor>(self),
                         job_runner_state::look_again, from, resume_jobs{});
}

// --- the end of a job --------------------------------------------------------

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

/// A job says itself how it ended; what ends otherwise (a bug of ours that
/// threw) must not leave anyone waiting.
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

// --- the beginning -----------------------------------------------------------

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

/// Takes a job into the queue.
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

// --- stopping and going on ---------------------------------------------------

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

/// Takes up the parked ones of `stored`.
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
