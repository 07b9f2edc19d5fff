#include "actors/registry/registrar.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/registry/registration_plan.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <utility>

namespace trivium::actors {

namespace {

using pointer = registrar_actor::stateful_pointer<registrar_state>;

/// How often a registration is planned anew after a lost compare.
constexpr int most_tries = 4;

struct planned {
  registration_ptr call;
  model_registered answer;
  std::vector<event_record> events;
  int tries = 1;
};

/// What goes to the writer together.
struct flight {
  commit_batch_ptr batch = std::make_shared<commit_batch>();
  std::vector<planned> calls; ///< Under the batch's indexes.
};

struct registrar_services {
  std::shared_ptr<const storage::metadata_store> store;
  metadata_writer_actor writer;
};

/// Nothing where the key does not stand.
expected<std::optional<key_value>> find(const storage::metadata_store& store,
                                        const std::string& key) {
  auto found = store.get(key);
  if (found)
    return std::move(*found);
  if (found.error().code == ec::not_found)
    return std::nullopt;
  return fail(found.error());
}

/// Of the versions that are stored; discovery tells it where the model stands
/// there.
expected<std::optional<semver>>
highest_version(const storage::metadata_store& store, const model_ref& model) {
  TRIVIUM_TRY(const auto prefix, keys::model_prefix(model));
  TRIVIUM_TRY(const auto stored, store.range(prefix));
  std::optional<semver> highest;
  for (const auto& entry : stored) {
    if (!keys::is_version(entry.key) || keys::is_variant(entry.key))
      continue;
    TRIVIUM_TRY(auto record, storage::decode_version(entry.value));
    if (!highest || *highest < record.version)
      highest = std::move(record.version);
  }
  return highest;
}

expected<book_step<model_registered>> plan(const storage::metadata_store& store,
                                           const registration_call& call) {
  const auto& command = call.command();
  registration_facts facts{command.model, nullptr, nullptr, 0, nullptr};
  TRIVIUM_TRY(const auto key, keys::metadata(command.model));
  TRIVIUM_TRY(const auto standing_entry, find(store, key));
  standing_registration standing;
  std::optional<semver> highest;
  if (standing_entry) {
    TRIVIUM_TRY(standing.record,
                storage::decode_registration(standing_entry->value));
    standing.modified = standing_entry->modified;
    standing.created = standing_entry->created;
    standing.lease = standing_entry->lease;
    facts.standing = &standing;
    facts.highest = &standing.record.newest;
  } else {
    TRIVIUM_TRY(highest, highest_version(store, command.model));
    facts.highest = highest ? &*highest : nullptr;
  }
  TRIVIUM_TRY(const auto version_key,
              keys::version(command.model, command.version));
  TRIVIUM_TRY(const auto known_entry, find(store, version_key));
  version_record known;
  if (known_entry) {
    TRIVIUM_TRY(known, storage::decode_version(known_entry->value));
    facts.known = &known;
    facts.known_modified = known_entry->modified;
  }
  return plan_registration(facts, command, call.from(), wall_clock());
}

/// True: it is on board. False: it is answered.
bool take_on_board(flight& next, const storage::metadata_store& store,
                   const registration_ptr& call, int tries) {
  if (call->from().cancel.is_cancelled()) { // nobody waits for it any more
    call->answer(fail(ec::cancelled, "the client went away"));
    return false;
  }
  if (is_overdue(call->from())) {
    call->answer(fail(ec::deadline_exceeded, "overdue before its commit"));
    return false;
  }
  auto step = plan(store, *call);
  if (!step) {
    call->answer(fail(step.error()));
    return false;
  }
  if (step->change.then.empty()) {
    call->answer(std::move(step->answer));
    return false;
  }
  next.batch->changes.push_back(std::move(step->change));
  next.calls.push_back(
    {call, std::move(step->answer), std::move(step->events), tries});
  return true;
}

/// Whoever waits behind the registration of this model that is over.
void go_on(pointer self, flight& next, const storage::metadata_store& store,
           const model_ref& model) {
  auto& under_way = self->state.under_way;
  const auto place = under_way.find(model);
  auto& waiting = place->second;
  while (!waiting.empty()) {
    const auto call = std::move(waiting.front());
    waiting.pop_front();
    if (take_on_board(next, store, call, 1))
      return;
  }
  under_way.erase(place);
}

/// What became of one for good.
void tell(planned& done, const expected<commit_result>& result) {
  auto& call = *done.call;
  if (!result)
    return call.answer(fail(result.error()));
  if (result->lacks_lease && call.command().lease == 0)
    return call.answer(fail(ec::conflict, "what stands is about to leave "
                                          "discovery, as its lease is over; "
                                          "try again"));
  if (result->lacks_lease)
    return call.answer(fail(ec::not_found, "its lease is over"));
  if (!result->succeeded)
    return call.answer(
      fail(ec::conflict, "another writer was first; try again"));
  for (const auto& event : done.events)
    log_event(call.from(), event, result->at);
  finish(done.answer, *result);
  call.answer(std::move(done.answer));
}

void land(pointer self, const registrar_services& services,
          const std::shared_ptr<flight>& landed);

void send(pointer self, const registrar_services& services,
          std::shared_ptr<flight> next) {
  if (next->calls.empty())
    return;
  // The writer answers whatever it took.
  self->request(services.writer, caf::infinite, next->batch)
    .then([=](const commit_batch_ptr&) { land(self, services, next); },
          [=](const caf::error& e) {
            next->batch->results.assign(next->calls.size(), fail(from_caf(e)));
            land(self, services, next);
          });
}

void land(pointer self, const registrar_services& services,
          const std::shared_ptr<flight>& landed) {
  auto next = std::make_shared<flight>();
  for (size_t i = 0; i < landed->calls.size(); ++i) {
    const auto& [call, answer, events, tries] = landed->calls[i];
    const auto& result = landed->batch->results[i];
    const auto is_lost = result && !result->succeeded && !result->lacks_lease;
    if (!is_lost || tries >= most_tries)
      tell(landed->calls[i], result);
    else if (take_on_board(*next, *services.store, call, tries + 1))
      continue;
    go_on(self, *next, *services.store, call->command().model);
  }
  send(self, services, std::move(next));
}

void depart(pointer self, const registrar_services& services) {
  auto& state = self->state;
  auto next = std::make_shared<flight>();
  for (auto& call : std::exchange(state.arrived, {})) {
    const auto& model = call->command().model;
    const auto [place, is_free] = state.under_way.try_emplace(model);
    if (!is_free)
      place->second.push_back(std::move(call));
    else if (!take_on_board(*next, *services.store, call, 1))
      state.under_way.erase(place);
  }
  send(self, services, std::move(next));
}

} // namespace

registrar_actor::behavior_type
registrar(pointer self, std::shared_ptr<const storage::metadata_store> store,
          metadata_writer_actor writer) {
  enlist(self);
  const registrar_services services{std::move(store), std::move(writer)};
  const auto take = [self](const registration_ptr& call) {
    if (!call)
      return;
    auto& arrived = self->state.arrived;
    if (arrived.empty())
      self->send(self, op::flush_v);
    arrived.push_back(call);
  };
  return {
    take,
    [take](const registration_calls& calls) {
      for (const auto& call : calls)
        take(call);
    },
    [=](op::flush) { depart(self, services); },
  };
}

} // namespace trivium::actors
