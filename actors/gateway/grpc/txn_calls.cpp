#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/grpc/request_origin.hpp"
#include "actors/gateway/requests/txn_plan.hpp"
#include "actors/wall_clock.hpp"

namespace trivium::actors {

namespace {

/// How often a transaction is planned anew after somebody else was first.
constexpr int most_tries = 4;

/// Plans against what stands, commits, and plans again when that has changed.
void attempt(const shared_context& door, const txn_call& call,
             const envelope& from, int tries) {
  auto plan =
    plan_txn(door->store(), call.request(), door->rules(), from, wall_clock());
  if (!plan)
    return call.fail(plan.error().reason, plan.error().context);
  const auto kept = std::make_shared<txn_plan>(std::move(*plan));
  if (kept->change.then.empty()) {
    kept->write(commit_result{true, kept->at}, call.response());
    return call.finish();
  }
  ask_through<commit_result>(
    door->options.asker, door->services->actors.services.writer, from,
    kept->change, [=](expected<commit_result> done) {
      if (!done)
        return call.fail(done.error());
      if (done->succeeded) {
        kept->write(*done, call.response());
        return call.finish();
      }
      if (done->lacks_lease && call.request().lease_id() == 0)
        return call.fail({ec::conflict, "what stands is about to leave "
                                        "discovery, as its lease is over; try "
                                        "again"});
      if (done->lacks_lease)
        return call.fail(
          {ec::failed_precondition,
           "lease " + std::to_string(call.request().lease_id()) + " is over"},
          {"lease_id", {}});
      if (tries == most_tries)
        return call.fail(
          {ec::conflict, "other writers were first; try again"},
          {{}, {{"current_revision", std::to_string(done->at)}}});
      caf::anon_send(door->services->desk,
                     desk_task{[=](caf::event_based_actor*) {
                       attempt(door, call, from, tries + 1);
                     }});
    });
}

} // namespace

void carry_out_transaction(const shared_context& door, const txn_call& call) {
  caf::anon_send(door->services->desk, desk_task{[=](caf::event_based_actor*) {
                   attempt(door, call,
                           origin_of(call.context(), call.cancel(),
                                     door->rules().name_space),
                           1);
                 }});
}

} // namespace trivium::actors
