#include "actors/registry/metadata_writer.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

void flush(metadata_writer_state& state, storage::metadata_store& store) {
  if (state.waiting.empty())
    return;
  const auto batch = std::exchange(state.waiting, {});
  auto promises = std::exchange(state.promises, {});
  state.waiting_bytes = 0;
  const auto results = store.commit(batch);
  for (size_t i = 0; i < promises.size(); ++i)
    if (results)
      promises[i].deliver((*results)[i]);
    else
      promises[i].deliver(to_caf(results.error()));
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

compacting_writer_actor::behavior_type metadata_writer(
  compacting_writer_actor::stateful_pointer<metadata_writer_state> self,
  std::shared_ptr<storage::metadata_store> store) {
  enlist(self);
  // Whoever waits gets an answer before the writer goes.
  self->set_exit_handler([self, store](const caf::exit_msg& message) {
    flush(self->state, *store);
    self->quit(message.reason);
  });
  return {
    [self, store](const envelope& from,
                  const transaction& change) -> caf::result<commit_result> {
      if (is_overdue(from))
        return to_caf({ec::deadline_exceeded, "overdue before its commit"});
      const auto bytes = storage::check_transaction(change);
      if (!bytes)
        return to_caf(bytes.error());
      if (self->state.waiting_bytes + *bytes > storage::max_commit_bytes)
        flush(self->state, *store);
      auto promise = self->make_response_promise<commit_result>();
      if (self->state.waiting.empty())
        self->send(self, op::flush_v);
      self->state.waiting.push_back(change);
      self->state.promises.push_back(promise);
      self->state.waiting_bytes += *bytes;
      return promise;
    },
    [self, store](op::flush) { flush(self->state, *store); },
    [store](op::tick, int64_t time, revision before) {
      return answer(compact(*store, time, before));
    },
  };
}

namespace {

/// Of every key with the prefix that stands now.
expected<std::vector<change>> histories(const storage::metadata_store& store,
                                        const std::string& prefix) {
  std::vector<change> all;
  TRIVIUM_TRY(const auto keys, store.range(prefix));
  for (const auto& one : keys) {
    TRIVIUM_TRY(auto changes, store.history(one.key));
    all.insert(all.end(), std::make_move_iterator(changes.begin()),
               std::make_move_iterator(changes.end()));
  }
  return all;
}

} // namespace

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
      return answer(wanted.is_prefix ? histories(*store, wanted.key)
                                     : store->history(wanted.key));
    },
    [store](const envelope&, const read_changes& wanted) {
      return answer(store->changes(wanted.from, wanted.limit));
    },
    [store](const envelope&, read_head) { return uint64_t{store->head()}; },
  };
}

} // namespace trivium::actors
