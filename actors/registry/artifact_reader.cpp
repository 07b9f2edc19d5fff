#include "actors/registry/artifact_reader.hpp"

#include "actors/new_envelope.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/quantization/ingest.hpp"
#include "actors/registry/book_steps.hpp"
#include "actors/ticker.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "messages/values/storage_uri.hpp"
#include "storage/records/records.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <utility>

namespace trivium::actors {

namespace {

using pointer = artifact_reader_actor::stateful_pointer<artifact_reader_state>;
using shared_reading = std::shared_ptr<const artifact_reading>;

/// When so many wait, no more are looked for.
constexpr size_t most_waiting = 10'000;
/// So often the bus is asked to tell, which may have been restarted.
constexpr std::chrono::seconds every{2};
constexpr size_t page_values = 1'000;
constexpr size_t log_revisions = 256;

/// Its path, where this version's artifact is to be read.
std::optional<storage_uri> wanted_file(const version_record& record) {
  constexpr std::string_view scheme = "file://";
  if (record.artifact.is_set() || record.state != version_state::created
      || !record.storage_uri.starts_with(scheme))
    return std::nullopt;
  auto uri = storage_uri::parse(record.storage_uri);
  return uri ? std::optional{std::move(*uri)} : std::nullopt;
}

void note(artifact_reader_state& state, const key_value& entry) {
  if (!keys::is_version(entry.key) || keys::is_variant(entry.key))
    return;
  const auto record = storage::decode_version(entry.value);
  if (!record || !wanted_file(*record))
    return;
  state.waiting.push_back(entry.key);
}

bool has_enough(const artifact_reader_state& state) {
  return state.waiting.size() >= most_waiting;
}

expected<void> look_at_all(artifact_reader_state& state,
                           const storage::metadata_store& store) {
  if (state.next == 0)
    state.next = store.head() + 1;
  while (!has_enough(state)) {
    TRIVIUM_TRY(const auto page,
                store.range("models/", 0, page_values, state.looked_at));
    for (const auto& entry : page)
      note(state, entry);
    if (page.size() < page_values) {
      state.looks_at_all = false;
      return {};
    }
    state.looked_at = page.back().key;
  }
  return {};
}

expected<void> look_at_log(artifact_reader_state& state,
                           const storage::metadata_store& store) {
  while (!has_enough(state) && state.next <= store.head()) {
    TRIVIUM_TRY(const auto changes, store.changes(state.next, log_revisions));
    if (changes.empty())
      return {};
    for (const auto& [after, is_erase] : changes)
      if (!is_erase)
        note(state, after);
    state.next = changes.back().after.modified + 1;
  }
  return {};
}

/// As far as there is room for what is found.
void look(artifact_reader_state& state, const storage::metadata_store& store) {
  auto done = state.looks_at_all ? look_at_all(state, store) : expected<void>{};
  if (done && !state.looks_at_all)
    done = look_at_log(state, store);
  if (done)
    return;
  log_warning(envelope{}, "artifacts to be read were not all found",
              {{"reason", done.error().text}});
  // It was away for longer than the log is kept.
  if (done.error().code == ec::compacted) {
    state.looks_at_all = true;
    state.looked_at.clear();
    state.next = 0;
  }
}

/// A version as it stands, and what is said about it.
struct reading_under_way {
  std::string key;
  version_record record;
  revision modified = 0;
  envelope from;
};
using shared_work = std::shared_ptr<reading_under_way>;

void read_next(pointer self, const shared_reading& reading);

void end(pointer self, const shared_reading& reading) {
  self->state.is_reading = false;
  read_next(self, reading);
}

/// Writes what came of it, if the version is still what was read.
void commit(pointer self, const shared_reading& reading,
            const shared_work& work, transaction change, event_record event) {
  change.when.push_back(unchanged(work->key, work->modified));
  change.then.emplace_back(event_put(event));
  self->request(reading->writer, caf::infinite, work->from, std::move(change))
    .then(
      [=](const commit_result& result) {
        if (result.succeeded)
          log_event(work->from, event, result.at);
        else // changed meanwhile, or gone: another look
          self->state.waiting.push_front(work->key);
        end(self, reading);
      },
      [=](const caf::error& e) {
        log_warning(
          work->from, "an artifact's digest was not recorded",
          {{"version", printable(work->key)}, {"reason", from_caf(e).text}});
        end(self, reading);
      });
}

void refuse(pointer self, const shared_reading& reading,
            const shared_work& work, const error& why) {
  // Of the node, not of the artifact: the next start tries again.
  if (why.code == ec::cancelled || why.code == ec::resource_exhausted
      || why.code == ec::unavailable) {
    log_warning(work->from, "an artifact was not read",
                {{"version", printable(work->key)}, {"reason", why.text}});
    return end(self, reading);
  }
  commit(self, reading, work, {},
         event_of(event_kind::artifact_refused, work->record.model,
                  work->record.version, why.text, work->from, wall_clock()));
}

void record_digest(pointer self, const shared_reading& reading,
                   const shared_work& work, const ingested& taken) {
  auto& record = work->record;
  record.artifact = taken.artifact.artifact;
  record.format = taken.format;
  record.size_bytes = taken.artifact.files.total_bytes();
  record.state = version_state::ready;
  transaction change;
  put written;
  written.key = work->key;
  written.value = storage::encode(record);
  change.then.emplace_back(std::move(written));
  commit(self, reading, work, std::move(change),
         event_of(event_kind::artifact_read, record.model, record.version,
                  "artifact " + abbreviated(record.artifact), work->from,
                  wall_clock()));
}

void let_worker_go(pointer self) {
  if (auto worker = std::exchange(self->state.worker, nullptr))
    self->send_exit(worker, caf::exit_reason::user_shutdown);
}

void read(pointer self, const shared_reading& reading, const shared_work& work,
          const storage_uri& uri) {
  const std::string* root = nullptr;
  for (const auto& one : reading->roots)
    if (is_below(uri.path(), one)
        && (root == nullptr || root->size() < one.size()))
      root = &one;
  if (root == nullptr)
    return refuse(self, reading, work,
                  {ec::permission_denied, printable(work->record.storage_uri)
                                            + " lies below none of this "
                                              "node's roots"});
  const auto worker = spawn_worker(self->system(), reading->mode, ingest,
                                   reading->artifacts, job_listener_actor{});
  self->state.worker = caf::actor_cast<caf::actor>(worker);
  const auto relative = uri.path().substr(root->size() + (*root != "/"));
  self
    ->request(worker, caf::infinite, work->from, ingest_model{relative, *root})
    .then(
      [=](const ingested& taken) {
        let_worker_go(self);
        record_digest(self, reading, work, taken);
      },
      [=](const caf::error& e) {
        let_worker_go(self);
        refuse(self, reading, work, from_caf(e));
      });
}

/// Nothing where there is nothing to read any more.
expected<shared_work> find(const storage::metadata_store& store,
                           const std::string& key) {
  TRIVIUM_TRY(const auto stored, store.get(key));
  auto work = std::make_shared<reading_under_way>();
  TRIVIUM_TRY(work->record, storage::decode_version(stored.value));
  work->key = key;
  work->modified = stored.modified;
  work->from = new_envelope(work->record.model.name_space, "node");
  return work;
}

void read_next(pointer self, const shared_reading& reading) {
  auto& state = self->state;
  if (state.is_reading)
    return;
  if (state.waiting.empty())
    look(state, *reading->metadata);
  while (!state.waiting.empty()) {
    const auto key = std::move(state.waiting.front());
    state.waiting.pop_front();
    const auto work = find(*reading->metadata, key);
    const auto uri = work ? wanted_file((*work)->record) : std::nullopt;
    if (!uri)
      continue; // deleted, or read already
    (*work)->from.cancel = state.cancel;
    state.is_reading = true;
    return read(self, reading, *work, *uri);
  }
}

} // namespace

artifact_reader_actor::behavior_type artifact_reader(pointer self,
                                                     artifact_reading given) {
  enlist(self);
  const auto reading =
    std::make_shared<const artifact_reading>(std::move(given));
  self->set_exit_handler([self](const caf::exit_msg& message) {
    self->state.cancel.cancel();
    let_worker_go(self);
    self->quit(message.reason);
  });
  const auto own = caf::actor_cast<artifact_reader_actor>(
    caf::actor_cast<caf::strong_actor_ptr>(self));
  self->spawn<caf::linked>(ticker<artifact_reader_actor>, own, every);
  return {
    [=](revision) { read_next(self, reading); },
    [=](op::tick) {
      self->send(reading->events, envelope{},
                 caf::actor_cast<event_listener_actor>(
                   caf::actor_cast<caf::strong_actor_ptr>(self)));
      read_next(self, reading);
    },
  };
}

} // namespace trivium::actors
