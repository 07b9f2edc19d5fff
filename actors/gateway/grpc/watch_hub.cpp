#include "actors/gateway/grpc/watch_hub.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/ticker.hpp"
#include "messages/service/grpc_status.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"
#include "storage/records/records.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using namespace std::chrono_literals;
using pointer = watch_hub_actor::stateful_pointer<watch_hub_state>;
using shared_store = std::shared_ptr<const storage::metadata_store>;

/// Revisions that one look at the log takes, and events in one response.
constexpr size_t page_revisions = 512;
/// A response ends with the revision that passes this; clients take 4 MiB.
constexpr size_t response_bytes = size_t{256} << 10;
constexpr size_t most_watchers = 4096;
/// Heartbeats of so many leases wait for a watcher that is not ready.
constexpr size_t most_waiting = 256;
/// So often the hub asks the bus to be told, which may have been restarted.
constexpr std::chrono::seconds every{2};

bool concerns(const watcher& who, const model_ref& model) {
  return model.name_space == who.name_space
         && model.model.starts_with(who.prefix);
}

void write_event(const event_record& event, v1::ModelEvent& out) {
  out.set_revision(event.revision);
  out.set_kind(wire_enum<v1::EventKind>(event.kind));
  out.set_namespace_(event.model.name_space);
  out.set_model_id(event.model.model);
  out.set_version(event.version);
  out.set_what(wire_text(event.what));
  out.set_subject(wire_text(event.subject));
  out.set_trace_id(event.trace_id);
  out.set_at(event.at);
}

expected<const log_page*> page_from(pointer self, const shared_store& store,
                                    revision from) {
  auto& page = self->state.page;
  if (page.from == from && page.to >= from)
    return &page;
  const auto head = store->head();
  TRIVIUM_TRY(const auto changes, store->changes(from, page_revisions));
  page = {from, changes.empty() ? head : changes.back().after.modified, {}};
  for (const auto& one : changes) {
    if (one.is_erase || !one.after.key.starts_with(keys::events_prefix))
      continue;
    auto event = storage::decode_event(one.after.value);
    if (!event) {
      log_warning(envelope{}, "an event cannot be read and is left out",
                  {{"revision", std::to_string(one.after.modified)},
                   {"reason", event.error().text}});
      continue;
    }
    event->revision = one.after.modified;
    const auto others = std::exchange(event->also, {});
    page.events.push_back(std::move(*event));
    for (auto other : others) {
      other.revision = one.after.modified;
      page.events.push_back(std::move(other));
    }
  }
  return &page;
}

/// Tells what concerns it of one page, up to the revision that fills the
/// response.
void tell(const log_page& page, watcher& who,
          v1::WatchModelsResponse& response) {
  size_t bytes = 0;
  revision last = 0;
  for (const auto& event : page.events) {
    if (bytes > response_bytes && event.revision != last) {
      who.next = event.revision;
      return;
    }
    last = event.revision;
    if (event.revision < who.next || !concerns(who, event.model)
        || (!who.kinds.empty()
            && !who.kinds.contains(wire_enum<v1::EventKind>(event.kind))))
      continue;
    auto& told = *response.add_events();
    write_event(event, told);
    bytes += told.ByteSizeLong();
  }
  who.next = page.to + 1;
}

/// One page and one response at most: what comes next waits until that has
/// left, and others have had their turn.
void feed(pointer self, const shared_store& store, uint64_t id, watcher& who) {
  if (!who.is_ready)
    return;
  v1::WatchModelsResponse response;
  for (const auto& [lease, heartbeat] : who.waiting)
    *response.add_heartbeats() = *heartbeat;
  who.waiting.clear();
  const auto head = store->head();
  if (who.next <= head) {
    const auto page = page_from(self, store, who.next);
    if (!page)
      return who.stream->finish(to_grpc(
        page.error(),
        {{}, {{"oldest_revision", std::to_string(store->compacted() + 1)}}}));
    tell(**page, who, response);
  }
  const auto is_progress = who.progress && who.told < who.next;
  if (response.events_size() == 0 && response.heartbeats_size() == 0
      && !is_progress) {
    if (who.next <= head && !std::exchange(who.reads_on, true))
      self->send(self, op::flush_v, id);
    return;
  }
  response.set_revision(who.next - 1);
  who.told = who.next;
  who.is_ready = !who.stream->write(response);
}

void feed_all(pointer self, const shared_store& store) {
  for (auto& [id, who] : self->state.watchers)
    feed(self, store, id, who);
}

checked<watcher> watcher_of(const watch_stream_ptr& stream,
                            const shared_store& store,
                            const request_rules& rules) {
  const auto& request = stream->request();
  const auto refuse = [](error reason, error_context context) {
    return tl::unexpected<refusal>{
      refusal{std::move(reason), std::move(context)}};
  };
  watcher who;
  who.stream = stream;
  TRIVIUM_CHECKED(who.name_space,
                  checked_namespace(request.namespace_(), rules));
  if (!request.model_id_prefix().empty()) {
    TRIVIUM_CHECKED(who.prefix,
                    checked_name("model_id_prefix", request.model_id_prefix()));
  }
  for (const auto kind : request.kinds()) {
    if (!v1::EventKind_IsValid(kind) || kind == v1::EVENT_KIND_UNSPECIFIED)
      return refuse({ec::invalid_argument,
                     "this node knows no event kind " + std::to_string(kind)},
                    {"kinds", {}});
    who.kinds.insert(kind);
  }
  who.heartbeats = request.heartbeats();
  who.progress = request.progress();
  const auto head = store->head();
  const auto from = request.from_revision();
  if (const auto oldest = store->compacted(); from > 0 && from <= oldest)
    return refuse({ec::compacted, "events before revision "
                                    + std::to_string(oldest + 1)
                                    + " are no longer kept"},
                  {{}, {{"oldest_revision", std::to_string(oldest + 1)}}});
  // A revision still to come: a store that was restored may be behind.
  if (from > head + 1)
    return refuse(
      {ec::invalid_argument, "from_revision is " + std::to_string(from)
                               + "; the store is at revision "
                               + std::to_string(head)},
      {"from_revision", {{"current_revision", std::to_string(head)}}});
  who.next = from == 0 ? head + 1 : from;
  // The first response says where the watch begins.
  who.told = 0;
  return who;
}

void add(pointer self, const shared_store& store, const request_rules& rules,
         const watch_stream_ptr& stream) {
  auto& state = self->state;
  if (state.watchers.size() >= most_watchers)
    return stream->finish(
      to_grpc({ec::resource_exhausted, "the node has too many watchers"}));
  auto who = watcher_of(stream, store, rules);
  if (!who)
    return stream->finish(to_grpc(who.error().reason, who.error().context));
  const auto id = ++state.last_id;
  const auto hub = caf::actor_cast<watch_hub_actor>(
    caf::actor_cast<caf::strong_actor_ptr>(self));
  auto& added = state.watchers.emplace(id, std::move(*who)).first->second;
  v1::WatchModelsResponse begun;
  begun.set_revision(added.next - 1);
  stream->on_change([hub, id] { caf::anon_send(hub, op::flush_v, id); },
                    [hub, id] { caf::anon_send(hub, op::cancel_v, id); });
  added.told = added.next;
  added.is_ready = !stream->write(begun);
  feed(self, store, id, added);
}

} // namespace

watch_hub_state::~watch_hub_state() {
  for (const auto& [id, who] : watchers)
    who.stream->finish(
      to_grpc({ec::unavailable, "the watch broke down; go on from revision "
                                  + std::to_string(who.next)}));
}

watch_hub_actor::behavior_type watch_hub(pointer self, shared_store store,
                                         event_bus_actor events,
                                         request_rules rules) {
  enlist(self);
  const auto subscribe = [self, events] {
    self->send(events, envelope{},
               caf::actor_cast<event_listener_actor>(
                 caf::actor_cast<caf::strong_actor_ptr>(self)));
  };
  self->spawn<caf::linked>(ticker<watch_hub_actor>,
                           caf::actor_cast<watch_hub_actor>(
                             caf::actor_cast<caf::strong_actor_ptr>(self)),
                           every);
  return {
    [=](const watch_stream_ptr& stream) {
      if (stream)
        add(self, store, rules, stream);
    },
    [=](revision) { feed_all(self, store); },
    [=](const told_heartbeat& told) {
      for (auto& [id, who] : self->state.watchers) {
        if (!who.heartbeats || !concerns(who, told.model))
          continue;
        if (who.waiting.size() < most_waiting
            || who.waiting.contains(told.heartbeat->lease_id()))
          who.waiting.insert_or_assign(told.heartbeat->lease_id(),
                                       told.heartbeat);
        feed(self, store, id, who);
      }
    },
    [=](op::flush, uint64_t id) {
      auto& watchers = self->state.watchers;
      if (const auto found = watchers.find(id); found != watchers.end()) {
        // From itself: there is more to read. From the stream: it has room.
        if (!std::exchange(found->second.reads_on, false))
          found->second.is_ready = true;
        feed(self, store, id, found->second);
      }
    },
    [=](op::cancel, uint64_t id) { self->state.watchers.erase(id); },
    [=](op::tick) {
      subscribe();
      feed_all(self, store);
    },
  };
}

} // namespace trivium::actors
