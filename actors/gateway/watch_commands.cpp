#include "actors/gateway/session_call.hpp"
#include "actors/observability/log.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/failure.hpp"
#include "messages/wire/fields.hpp"
#include "messages/wire/jobs.hpp"
#include "messages/wire/records.hpp"
#include "storage/records/records.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using shared_services = std::shared_ptr<const session_services>;

/// Revisions that one look at the log takes.
constexpr uint64_t log_page = 256;
/// So many that are not of its concern are told a client by one notice.
constexpr uint64_t progress_revisions = 64;

// --- events ------------------------------------------------------------------

bool is_wanted(const notice_window::event_watch& watch,
               const event_record& event) {
  return event.model.name_space == watch.model.name_space
         && (watch.model.model.empty()
             || event.model.model == watch.model.model)
         && event.model.model.starts_with(watch.prefix)
         && (watch.kinds.empty()
             || watch.kinds.contains(wire_enum<v1::EventKind>(event.kind)));
}

/// All of one revision that the watch wants.
std::vector<event_record> wanted_of(const notice_window::event_watch& watch,
                                    const expected<event_record>& event) {
  if (!event)
    return {};
  auto all = event->also;
  all.insert(all.begin(), *event);
  all.front().also.clear();
  std::erase_if(all, [&](const auto& one) { return !is_wanted(watch, one); });
  return all;
}

/// Sends one page of the log, read when the last revision was at least `head`,
/// as far as the window allows; false when the window is full.
bool send_page(session_pointer self, uint64_t id,
               notice_window::event_watch& watch,
               const std::vector<change>& page, revision head) {
  auto& notices = self->state.notices;
  for (const auto& one : page) {
    if (!one.after.key.starts_with(keys::events_prefix) || one.is_erase)
      continue;
    if (one.after.modified < watch.next)
      continue;
    const auto event = storage::decode_event(one.after.value);
    if (!event)
      log_warning(envelope{}, "an event cannot be read and is left out",
                  {{"revision", std::to_string(one.after.modified)},
                   {"reason", event.error().text}});
    const auto wanted = wanted_of(watch, event);
    if (!wanted.empty() && !notices.has_room()) // all of a revision, or none
      return false;
    for (const auto& told : wanted) {
      auto notice = notices.make(id);
      auto& said = *notice.mutable_event();
      said.set_revision(one.after.modified);
      *said.mutable_event() = to_wire(told);
      said.set_has_more(&told != &wanted.back());
      self->send(self->state.client, notice);
      watch.told = one.after.modified + 1;
    }
    watch.next = one.after.modified + 1;
  }
  // What this page holds is sent; revisions without an event count too.
  const auto last = page.empty() ? head : page.back().after.modified;
  watch.next = std::max(watch.next, last + 1);
  return true;
}

/// A client resumes from what it has heard of; where nothing is of its concern
/// that may be longer ago than events are kept.
void tell_progress(session_pointer self, uint64_t id,
                   notice_window::event_watch& watch) {
  auto& notices = self->state.notices;
  if (watch.next < watch.told + progress_revisions || !notices.has_room())
    return;
  auto notice = notices.make(id);
  notice.mutable_event()->set_revision(watch.next - 1);
  self->send(self->state.client, notice);
  watch.told = watch.next;
}

/// Whoever was so slow that its events are no longer kept has to know.
void end_watch(session_pointer self, uint64_t id, const error& why) {
  auto& notices = self->state.notices;
  auto notice = notices.make(id);
  *notice.mutable_ended() = to_wire(why);
  self->send(self->state.client, notice);
  notices.events.erase(id);
}

void read_on(session_pointer self, const shared_services& services,
             uint64_t id) {
  auto& watch = self->state.notices.events.at(id);
  if (watch.is_reading || !self->state.notices.has_room())
    return;
  watch.is_reading = true;
  const auto head = services->metadata->head();
  self
    ->request(services->actors.reader, command_limit, envelope{},
              read_changes{watch.next, log_page})
    .then(
      [=](const std::vector<change>& page) {
        auto& watches = self->state.notices.events;
        const auto found = watches.find(id);
        if (found == watches.end())
          return;
        found->second.is_reading = false;
        if (!send_page(self, id, found->second, page, head))
          return;
        // What was committed since the page was read has told so already.
        found->second.is_behind =
          found->second.next <= services->metadata->head();
        if (found->second.is_behind)
          read_on(self, services, id);
        else
          tell_progress(self, id, found->second);
      },
      [=](caf::error& e) {
        auto& watches = self->state.notices.events;
        const auto found = watches.find(id);
        if (found == watches.end())
          return;
        found->second.is_reading = false; // the next tick tries again
        if (const auto reason = from_caf(e); reason.code == ec::compacted)
          end_watch(self, id, reason);
      });
}

// --- jobs --------------------------------------------------------------------

void send_waiting(session_pointer self, uint64_t id,
                  notice_window::job_watch& watch) {
  auto& notices = self->state.notices;
  while (!watch.waiting.empty() && notices.has_room()) {
    const auto status = watch.waiting.extract(watch.waiting.begin());
    auto notice = notices.make(id);
    *notice.mutable_job() = to_wire(status.mapped());
    self->send(self->state.client, notice);
  }
}

void hear(session_pointer self, const shared_services& services, uint64_t id,
          const std::vector<job_status>& present) {
  auto& watches = self->state.notices.jobs;
  const auto found = watches.find(id);
  if (found == watches.end())
    return;
  for (const auto& one : present) // what came meanwhile is newer
    found->second.waiting.emplace(one.record.id, one);
  pump_notices(self, services);
}

/// A job that the runner has forgotten, or never knew: as its record tells.
void hear_stored(session_pointer self, const shared_services& services,
                 uint64_t id, const std::string& job) {
  const auto key = keys::job(job);
  if (!key)
    return;
  self
    ->request(services->actors.reader, command_limit, envelope{},
              read_key{*key})
    .then(
      [=](const key_value& stored) {
        job_status status;
        if (auto record = storage::decode_job(stored.value)) {
          status.record = std::move(*record);
          hear(self, services, id, {status});
        }
      },
      [](caf::error&) {}); // there is no such job (yet)
}

/// Whoever watches again after a lost connection may have missed the end.
void tell_present(session_pointer self, const shared_services& services,
                  uint64_t id, const std::string& job) {
  const auto& runner = services->actors.runner;
  if (job.empty())
    self->request(runner, command_limit, envelope{}, list_jobs{})
      .then(
        [=](const std::vector<job_status>& all) {
          hear(self, services, id, all);
        },
        [](caf::error&) {});
  else
    self->request(runner, command_limit, envelope{}, get_job{job})
      .then(
        [=](const job_details_ptr& details) {
          hear(self, services, id, {details->status});
        },
        [=](caf::error&) { hear_stored(self, services, id, job); });
}

// --- the commands ------------------------------------------------------------

void watch(const session_call& call, const v1::Watch& wanted) {
  auto& notices = call.self()->state.notices;
  const auto id = wanted.id();
  if (id == 0 || notices.events.contains(id) || notices.jobs.contains(id))
    return call.fail({ec::invalid_argument,
                      "watch id " + std::to_string(id) + " is 0 or in use"});
  if (notices.watches() >= notice_window::max_watches)
    return call.fail({ec::resource_exhausted,
                      "this session has " + std::to_string(notices.watches())
                        + " watches already"});
  const auto head = call.services().metadata->head();
  if (wanted.what_case() == v1::Watch::kEvents) {
    notice_window::event_watch made;
    made.model = {call.from().tenant, wanted.events().model()};
    if (!made.model.model.empty())
      if (const auto valid = check_name("model name", made.model.model); !valid)
        return call.fail(valid.error());
    made.prefix = wanted.events().prefix();
    if (!made.prefix.empty())
      if (const auto valid = check_name("prefix", made.prefix); !valid)
        return call.fail(valid.error());
    for (const auto kind : wanted.events().kinds()) {
      if (!v1::EventKind_IsValid(kind) || kind == v1::EVENT_KIND_UNSPECIFIED)
        return call.fail({ec::invalid_argument, "this node knows no event kind "
                                                  + std::to_string(kind)});
      made.kinds.insert(kind);
    }
    const auto from_revision = wanted.events().from_revision();
    if (const auto oldest = call.services().metadata->compacted();
        from_revision > 0 && from_revision <= oldest)
      return call.fail({ec::compacted, "events before revision "
                                         + std::to_string(oldest + 1)
                                         + " are no longer kept"});
    // A store that was restored may be behind what its clients have seen.
    made.next =
      from_revision == 0 ? head + 1 : std::min(from_revision, head + 1);
    made.told = made.next;
    made.is_behind = made.next <= head;
    notices.events.emplace(id, made);
  } else if (wanted.what_case() == v1::Watch::kJobs) {
    const auto& job = wanted.jobs().job();
    notices.jobs.emplace(id, notice_window::job_watch{job, {}});
    tell_present(call.self(), call.shared_services(), id, job);
  } else {
    return call.fail({ec::unsupported, "this node does not know this watch"});
  }
  v1::Reply reply;
  reply.mutable_watching()->set_revision(head);
  call.answer(std::move(reply));
}

} // namespace

void pump_notices(session_pointer self, const shared_services& services) {
  auto& state = self->state;
  if (!state.client)
    return;
  for (auto& [id, watch] : state.notices.jobs)
    send_waiting(self, id, watch);
  for (auto& [id, watch] : state.notices.events)
    if (watch.is_behind)
      read_on(self, services, id);
}

void carry_out_watch_command(const session_call& call,
                             const v1::Request& request) {
  auto& notices = call.self()->state.notices;
  switch (request.command_case()) {
  case v1::Request::kWatch:
    watch(call, request.watch());
    subscribe(call.self(), call.shared_services());
    break;
  case v1::Request::kUnwatch:
    notices.events.erase(request.unwatch().id());
    notices.jobs.erase(request.unwatch().id());
    call.done();
    break;
  default:
    notices.received(request.received().sequence());
    call.done();
    break;
  }
  pump_notices(call.self(), call.shared_services());
}

} // namespace trivium::actors
