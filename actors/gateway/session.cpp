#include "actors/gateway/session.hpp"

#include "actors/gateway/session_call.hpp"
#include "actors/new_envelope.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "messages/wire/node.hpp"
#include "messages/wire/records.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using shared_services = std::shared_ptr<const session_services>;
using v1::Request;

/// Sessions that watch look after their subscriptions this often: the actors
/// they subscribed to may have been restarted.
constexpr std::chrono::seconds watch_tick{2};

/// Of what a client says of itself, as the log shows it.
constexpr size_t longest_name = 64;

constexpr std::chrono::minutes longest_limit{24 * 60};

bool takes_long(const Request& request) {
  return request.command_case() == Request::kGolden
         || request.command_case() == Request::kEnsure
         || request.command_case() == Request::kCollectGarbage
         || request.command_case() == Request::kMakeBackup;
}

bool makes_room(const Request& request) {
  return request.command_case() == Request::kCancelRequest
         || request.command_case() == Request::kUnwatch
         || request.command_case() == Request::kReceived;
}

expected<envelope> envelope_of(const Request& request,
                               const session_services& services,
                               const session_peer& peer) {
  auto from = new_envelope(request.namespace_().empty()
                             ? services.facts->identity.name_space
                             : request.namespace_(),
                           peer.subject);
  TRIVIUM_CHECK(check_name("namespace", from.tenant));
  if (!request.traceparent().empty()) {
    TRIVIUM_TRY(from.trace, parse_traceparent(request.traceparent()));
  }
  return from;
}

std::chrono::milliseconds limit_of(const Request& request) {
  const std::chrono::milliseconds own =
    takes_long(request) ? longest_limit : command_limit;
  if (request.limit_ms() == 0
      || request.limit_ms() > static_cast<uint64_t>(own.count()))
    return own;
  return std::chrono::milliseconds{request.limit_ms()};
}

void greet(const session_call& call, const v1::Hello& hello,
           const session_peer& peer) {
  log_info(call.from(), "client greeted",
           {{"client", hello.name().substr(0, longest_name)},
            {"version", hello.version().substr(0, longest_name)},
            {"pid", std::to_string(peer.pid)}});
  if (hello.protocol() == 0)
    return call.fail({ec::invalid_argument, "the client names no protocol"});
  v1::Reply reply;
  *reply.mutable_welcome() = to_wire(call.services().facts->identity);
  reply.mutable_welcome()->set_notice_window(notice_window::window);
  call.answer(std::move(reply));
}

void carry_out(const session_call& call, const Request& request,
               const session_peer& peer) {
  switch (request.command_case()) {
  case Request::kHello:
    return greet(call, request.hello(), peer);
  case Request::kCancelRequest: {
    const auto& running = call.self()->state.requests;
    if (const auto found = running.find(request.cancel_request().id());
        found != running.end())
      found->second.cancel();
    return call.done();
  }
  case Request::kWatch:
  case Request::kUnwatch:
  case Request::kReceived:
    return carry_out_watch_command(call, request);
  case Request::kStatus:
  case Request::kActors:
  case Request::kLogLevel:
  case Request::kMakeBackup:
  case Request::kBackupProgress:
    return carry_out_node_command(call, request);
  case Request::kSubmit:
  case Request::kJobs:
  case Request::kJob:
  case Request::kCancelJob:
  case Request::kGolden:
    return carry_out_job_command(call, request);
  case Request::kRegistration:
  case Request::kVersion:
  case Request::kRegistrations:
  case Request::kDeletion:
  case Request::kAlias:
  case Request::kAliasDeletion:
  case Request::kLease:
  case Request::kKeepAlive:
  case Request::kLeaseEnd:
    return carry_out_registration_command(call, request);
  case Request::COMMAND_NOT_SET:
    return call.fail(
      {ec::unsupported, "node " + call.services().facts->identity.version
                          + " does not know this command"});
  default:
    return carry_out_registry_command(call, request);
  }
}

} // namespace

session_actor::behavior_type
session(session_pointer self, shared_services services, session_peer peer) {
  enlist(self);
  self->set_down_handler([self](const caf::down_msg& gone) {
    if (self->state.client && self->state.client.address() == gone.source)
      self->quit();
  });
  return {
    [=](const caf::strong_actor_ptr& sender,
        const Request& request) -> caf::result<v1::Reply> {
      auto& state = self->state;
      auto client = caf::actor_cast<notice_listener_actor>(sender);
      if (!client)
        return failure_reply({ec::invalid_argument, "a request of nobody"});
      if (state.client != client) {
        if (state.client)
          self->demonitor(state.client.address());
        state.client = client;
        self->monitor(client);
      }
      // What makes room, or frees an id, needs no place of its own.
      if (makes_room(request)) {
        const session_call call{self, services, {}, 0, command_limit};
        carry_out(call, request, peer);
        return call.promise();
      }
      if (state.requests.size() >= session_state::max_requests)
        return failure_reply({ec::resource_exhausted,
                              "this session has too many requests at once"});
      auto from = envelope_of(request, *services, peer);
      if (!from)
        return failure_reply(from.error());
      const auto limit = limit_of(request);
      from->deadline = std::chrono::system_clock::now() + limit;
      if (!state.requests.emplace(request.id(), from->cancel).second)
        return failure_reply(
          {ec::invalid_argument,
           "request id " + std::to_string(request.id()) + " is in use"});
      const session_call call{self, services, *from, request.id(), limit};
      carry_out(call, request, peer);
      return call.promise();
    },
    [=](revision head) {
      for (auto& [id, watch] : self->state.notices.events)
        if (head >= watch.next)
          watch.is_behind = true;
      pump_notices(self, services);
    },
    [=](const envelope&, const job_status& status) {
      for (auto& [id, watch] : self->state.notices.jobs)
        if (watch.job.empty() || watch.job == status.record.id)
          watch.waiting.insert_or_assign(status.record.id, status);
      pump_notices(self, services);
    },
    [](const client_task& task) {
      if (task.run)
        task.run();
    },
    [=](op::tick) {
      auto& state = self->state;
      state.is_ticking = false;
      if (state.notices.watches() == 0)
        return;
      const auto head = services->metadata->head();
      for (auto& [id, watch] : state.notices.events)
        watch.is_behind = watch.is_behind || head >= watch.next;
      subscribe(self, services);
      pump_notices(self, services);
    },
  };
}

gateway_actor::behavior_type gateway(gateway_actor::pointer self,
                                     session_actor session) {
  enlist(self);
  return {[=](const Request& request) {
    auto sender = self->current_sender(); // delegate moves the original away
    return self->delegate(session, std::move(sender), request);
  }};
}

void subscribe(session_pointer self, const shared_services& services) {
  auto& state = self->state;
  const auto strong = caf::actor_cast<caf::strong_actor_ptr>(self);
  if (!state.notices.events.empty())
    self->send(services->actors.events, envelope{},
               caf::actor_cast<event_listener_actor>(strong));
  if (!state.notices.jobs.empty())
    self
      ->request(services->actors.runner, command_limit, envelope{},
                caf::actor_cast<job_watcher_actor>(strong))
      .then([](acknowledged) {}, [](caf::error&) {});
  if (state.is_ticking || state.notices.watches() == 0)
    return;
  state.is_ticking = true;
  self->delayed_send(self, watch_tick, op::tick_v);
}

} // namespace trivium::actors
