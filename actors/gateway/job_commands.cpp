#include "actors/gateway/session_call.hpp"
#include "actors/golden/golden.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/job_requests.hpp"
#include "messages/wire/jobs.hpp"
#include "messages/wire/reports.hpp"
#include "storage/records/records.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>

namespace trivium::actors {

namespace {

constexpr uint32_t default_jobs = 50;
constexpr uint32_t most_jobs = 1000;
constexpr uint32_t most_golden_runs = 4;

void submit(const session_call& call, const v1::SubmitJob& wanted) {
  auto request = from_wire(wanted.request());
  if (!request)
    return call.fail(request.error());
  if (request->model.name_space != call.from().tenant)
    return call.fail(
      {ec::permission_denied, "namespace " + request->model.name_space
                                + " is not that of this session, "
                                + call.from().tenant});
  auto from = call.from();
  // The job outlives the request that brought it.
  from.deadline = std::chrono::system_clock::time_point::max();
  from.cancel = {};
  call.self()
    ->request(call.services().actors.runner, command_limit, from, *request)
    .then(
      [=](std::string& id) {
        v1::Reply reply;
        reply.mutable_submitted()->set_job(id);
        call.answer(std::move(reply));
      },
      [=](caf::error& e) { call.fail(from_caf(e)); });
}

/// Running and queued ones as the runner knows them, then what the store tells.
v1::Reply merged(const std::vector<job_status>& live,
                 const std::vector<key_value>& stored, uint32_t limit) {
  std::map<std::string, job_status> all;
  for (const auto& one : stored) {
    auto record = storage::decode_job(one.value);
    if (!record)
      continue; // one that is damaged, or of a newer node, hides no other
    record->request.clear(); // a recipe's text in each line is too much
    auto& status = all[record->id];
    if (record->ended_at > record->started_at)
      status.seconds =
        static_cast<double>(record->ended_at - record->started_at) / 1e3;
    status.record = std::move(*record);
  }
  for (const auto& one : live)
    all.insert_or_assign(one.record.id, one);
  std::vector<const job_status*> newest;
  for (const auto& [id, one] : all)
    newest.push_back(&one);
  std::stable_sort(newest.begin(), newest.end(),
                   [](const auto* a, const auto* b) {
                     return a->record.started_at > b->record.started_at;
                   });
  v1::Reply reply;
  auto& list = *reply.mutable_jobs();
  for (const auto* one : newest) {
    if (static_cast<uint32_t>(list.jobs_size()) == limit)
      break;
    *list.add_jobs() = to_wire(*one);
  }
  return reply;
}

void list(const session_call& call, const v1::ListJobs& wanted) {
  const auto limit =
    wanted.limit() == 0 ? default_jobs : std::min(wanted.limit(), most_jobs);
  call.ask<std::vector<job_status>>(
    call.services().actors.runner, list_jobs{},
    [=](const std::vector<job_status>& live) {
      call.ask<std::vector<key_value>>(
        call.services().actors.reader,
        read_prefix{std::string{keys::jobs_prefix}},
        [=](const std::vector<key_value>& stored) {
          call.answer(merged(live, stored, limit));
        });
    });
}

/// Of a job that the runner has forgotten: its record tells the end.
void tell_stored(const session_call& call, const std::string& id) {
  const auto key = keys::job(id);
  if (!key)
    return call.fail({ec::not_found, "no job \"" + printable(id) + "\""});
  call.self()
    ->request(call.services().actors.reader, command_limit, call.from(),
              read_key{*key})
    .then(
      [=](const key_value& stored) {
        call.with(storage::decode_job(stored.value), [&](job_record& record) {
          job_details details;
          if (record.state != job_state::done
              && record.state != job_state::running)
            details.failure = {
              record.state == job_state::cancelled ? ec::cancelled
                                                   : ec::failed_precondition,
              record.reason.empty() ? std::string{to_string(record.state)}
                                    : record.reason};
          details.status.record = std::move(record);
          v1::Reply reply;
          *reply.mutable_job() = to_wire(details);
          call.answer(std::move(reply));
        });
      },
      [=](caf::error& e) {
        auto reason = from_caf(e);
        if (reason.code == ec::not_found)
          reason.text = "no job \"" + printable(id) + "\"";
        call.fail(reason);
      });
}

void tell(const session_call& call, const std::string& id) {
  call.self()
    ->request(call.services().actors.runner, command_limit, call.from(),
              get_job{id})
    .then(
      [=](const job_details_ptr& details) {
        v1::Reply reply;
        *reply.mutable_job() = to_wire(*details);
        call.answer(std::move(reply));
      },
      [=](caf::error&) { tell_stored(call, id); });
}

void run_golden(const session_call& call, const v1::Golden& wanted) {
  auto request = from_wire(wanted);
  if (!request)
    return call.fail(request.error());
  const auto runs = call.services().golden_runs;
  if (++*runs > most_golden_runs) {
    --*runs;
    return call.fail({ec::resource_exhausted,
                      std::to_string(most_golden_runs)
                        + " golden runs are under way; try again later"});
  }
  // Given back with whatever holds it last, be the session gone.
  const std::shared_ptr<void> place{nullptr, [runs](void*) { --*runs; }};
  const auto worker = call.self()->system().spawn<caf::detached>(
    golden, call.services().executor);
  const auto tell_report = [=, held = place](const golden_report& report) {
    v1::Reply reply;
    *reply.mutable_golden() = to_wire(report);
    call.answer(std::move(reply));
    call.self()->send_exit(worker, caf::exit_reason::user_shutdown);
  };
  const auto failed = [=](const caf::error& e) {
    call.fail(from_caf(e));
    call.self()->send_exit(worker, caf::exit_reason::user_shutdown);
  };
  if (request->record)
    call.self()
      ->request(worker, call.limit(), call.from(),
                record_golden{request->model, request->inputs, request->hints,
                              request->golden, request->created})
      .then(tell_report, failed);
  else
    call.self()
      ->request(worker, call.limit(), call.from(),
                check_golden{request->model, request->golden})
      .then(tell_report, failed);
}

} // namespace

void carry_out_job_command(const session_call& call,
                           const v1::Request& request) {
  switch (request.command_case()) {
  case v1::Request::kSubmit:
    return submit(call, request.submit());
  case v1::Request::kJobs:
    return list(call, request.jobs());
  case v1::Request::kJob:
    return tell(call, request.job().job());
  case v1::Request::kGolden:
    return run_golden(call, request.golden());
  default:
    return call.ask<acknowledged>(call.services().actors.runner,
                                  stop_job{request.cancel_job().job()},
                                  [=](acknowledged) { call.done(); });
  }
}

} // namespace trivium::actors
