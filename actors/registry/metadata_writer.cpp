#include "actors/registry/metadata_writer.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using pointer =
  compacting_writer_actor::stateful_pointer<metadata_writer_state>;

using asker = metadata_writer_state::asker;

void tell(asker& whom, expected<commit_result> result) {
  if (auto* const among = whom.among.get()) {
    among->batch->results[whom.index] = std::move(result);
    if (--among->left == 0)
      among->promise.deliver(among->batch);
  } else if (result) {
    whom.alone.deliver(std::move(*result));
  } else {
    whom.alone.deliver(to_caf(result.error()));
  }
}

void flush(pointer self, storage::metadata_store& store,
           const event_bus_actor& events) {
  auto& state = self->state;
  if (state.waiting.empty())
    return;
  const auto batch = std::exchange(state.waiting, {});
  auto askers = std::exchange(state.askers, {});
  state.waiting_bytes = 0;
  expected<std::vector<commit_result>> results;
  try {
    results = store.commit(batch);
  } catch (...) { // whoever waits gets an answer
    results =
      fail(ec::outcome_unknown, error_of(std::current_exception()).text);
  }
  for (size_t i = 0; i < askers.size(); ++i)
    if (results)
      tell(askers[i], std::move((*results)[i]));
    else
      tell(askers[i], fail(results.error()));
  if (results && events)
    self->send(events, store.head());
}

/// To the next write.
void add(pointer self, storage::metadata_store& store,
         const event_bus_actor& events, transaction&& change, asker whom) {
  auto& state = self->state;
  const auto bytes = storage::check_transaction(change);
  if (!bytes)
    return tell(whom, fail(bytes.error()));
  if (state.waiting_bytes + *bytes > storage::max_commit_bytes)
    flush(self, store, events);
  if (state.waiting.empty())
    self->send(self, op::flush_v);
  state.waiting.push_back(std::move(change));
  state.askers.push_back(std::move(whom));
  state.waiting_bytes += *bytes;
}

/// Values that one step looks at: some milliseconds between two commits.
constexpr size_t step_values = 2000;

expected<revision> compact(storage::metadata_store& store, int64_t time,
                           revision before) {
  if (before == 0) {
    const auto at = store.revision_at(time);
    if (!at && at.error().code == ec::compacted)
      return 0; // that far it was forgotten already
    TRIVIUM_TRY(before, at);
  }
  if (before == 0)
    return 0; // the store is younger
  TRIVIUM_TRY(const auto is_done, store.compact(before, step_values));
  return is_done ? 0 : before;
}

} // namespace

metadata_writer_state::~metadata_writer_state() {
  for (auto& whom : askers)
    tell(whom, fail(ec::outcome_unknown, "the writer broke down"));
}

compacting_writer_actor::behavior_type
metadata_writer(pointer self, std::shared_ptr<storage::metadata_store> store,
                event_bus_actor events) {
  enlist(self);
  // Whoever waits gets an answer before the writer goes.
  self->set_exit_handler([=](const caf::exit_msg& message) {
    flush(self, *store, events);
    self->quit(message.reason);
  });
  return {
    [=](const envelope& from,
        transaction& change) -> caf::result<commit_result> {
      if (is_overdue(from))
        return to_caf({ec::deadline_exceeded, "overdue before its commit"});
      auto promise = self->make_response_promise<commit_result>();
      add(self, *store, events, std::move(change), {promise, nullptr, 0});
      return promise;
    },
    [=](const commit_batch_ptr& batch) -> caf::result<commit_batch_ptr> {
      if (!batch || batch->changes.empty())
        return batch;
      auto promise = self->make_response_promise<commit_batch_ptr>();
      auto changes = std::exchange(batch->changes, {});
      batch->results.assign(changes.size(), commit_result{});
      const auto among = std::make_shared<metadata_writer_state::batch_asker>(
        metadata_writer_state::batch_asker{batch, promise, changes.size()});
      for (size_t i = 0; i < changes.size(); ++i)
        add(self, *store, events, std::move(changes[i]), {{}, among, i});
      return promise;
    },
    [=](op::flush) { flush(self, *store, events); },
    [store](op::tick, int64_t time, revision before) {
      return answer(compact(*store, time, before));
    },
  };
}

metadata_reader_actor::behavior_type metadata_reader(
  metadata_reader_actor::stateful_pointer<metadata_reader_state> self,
  std::shared_ptr<const storage::metadata_store> store) {
  enlist(self);
  return {
    [store](const envelope&, const read_key& wanted) {
      return answer(store->get(wanted.key, wanted.at));
    },
    [store](const envelope&, const read_prefix& wanted) {
      return answer(store->range(wanted.prefix, wanted.at, wanted.limit));
    },
    [store](const envelope&, const read_history& wanted) {
      return answer(wanted.is_prefix ? store->histories(wanted.key)
                                     : store->history(wanted.key));
    },
    [store](const envelope&, const read_changes& wanted) {
      return answer(store->changes(wanted.from, wanted.limit));
    },
    [store](const envelope&, read_head) { return uint64_t{store->head()}; },
  };
}

} // namespace trivium::actors
