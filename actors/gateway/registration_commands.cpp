#include "actors/gateway/door.hpp"
#include "actors/gateway/requests/alias_requests.hpp"
#include "actors/gateway/requests/lease_requests.hpp"
#include "actors/gateway/requests/registration_list.hpp"
#include "actors/gateway/requests/registration_request.hpp"
#include "actors/gateway/requests/version_reads.hpp"
#include "actors/gateway/session_call.hpp"
#include "actors/gateway/waiting_registration.hpp"
#include "actors/gateway/way_back.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace trivium::actors {

namespace {

/// The request with the namespace that it is for.
template <class Request>
Request placed(const session_call& call, Request request) {
  if (request.namespace_().empty())
    request.set_namespace_(call.from().tenant);
  return request;
}

/// Answers with a refusal, or goes on with the value.
template <class T, class Next>
void with_checked(const session_call& call, checked<T> value, Next next) {
  if (value)
    next(*value);
  else
    call.fail(value.error().reason);
}

// --- registering -------------------------------------------------------------

void take_registration(const session_call& call,
                       const v1::ModelRegistrationRequest& wanted) {
  with_checked(
    call, checked_registration(placed(call, wanted), call.services().rules),
    [&](const register_model& command) {
      if (const auto held =
            check_shared(*call.services().metadata, command.lease);
          !held)
        return call.fail(held.error().reason);
      caf::anon_send(
        call.services().actors.registrar,
        wait_for(call.services().leases, call.from(), command,
                 [back = way_back{call}](expected<model_registered> result) {
                   if (!result)
                     return back.answer(failure_reply(result.error()));
                   v1::Reply reply;
                   write_registered(*result, *reply.mutable_registration());
                   back.answer(std::move(reply));
                 }));
    });
}

// --- reading -----------------------------------------------------------------

void get_version(const session_call& call,
                 const v1::GetModelVersionRequest& wanted) {
  const auto read = [request = placed(call, wanted),
                     services = call.shared_services()] {
    v1::Reply reply;
    const auto done = read_version(*services->metadata, request,
                                   services->rules, *reply.mutable_version());
    return done ? reply : failure_reply(done.error().reason);
  };
  if (!reads_past(wanted))
    return call.answer(read());
  caf::anon_send(
    call.services().reading_desk,
    desk_task{[read, back = way_back{call}](auto*) { back.answer(read()); }});
}

void list_registered(const session_call& call,
                     const v1::ListRegistrationsRequest& wanted) {
  const auto read = [request = placed(call, wanted),
                     services = call.shared_services()] {
    v1::Reply reply;
    const auto done =
      list_registrations(*services->metadata, request, services->rules,
                         *reply.mutable_registrations());
    return done ? reply : failure_reply(done.error().reason);
  };
  caf::anon_send(
    call.services().reading_desk,
    desk_task{[read, back = way_back{call}](auto*) { back.answer(read()); }});
}

// --- changing ----------------------------------------------------------------

void remove(const session_call& call, const v1::DeleteRequest& wanted) {
  with_checked(
    call, checked_deletion(placed(call, wanted), call.services().rules),
    [&](const delete_model& command) {
      call.change<model_deleted>(call.services().actors.services.registry,
                                 command, [=](const model_deleted& gone) {
                                   v1::Reply reply;
                                   auto& answer = *reply.mutable_deletion();
                                   answer.set_revision(gone.at);
                                   answer.set_deleted(gone.deleted);
                                   call.answer(std::move(reply));
                                 });
    });
}

void set_alias(const session_call& call, const v1::SetAliasRequest& wanted) {
  with_checked(call,
               checked_set_alias(placed(call, wanted), call.services().rules,
                                 *call.services().metadata),
               [&](const promote& command) {
                 call.change<promoted>(
                   call.services().actors.services.registry, command,
                   [=](const promoted& moved) {
                     v1::Reply reply;
                     write_alias(moved.alias, moved.at, *reply.mutable_alias());
                     reply.mutable_alias()->set_was_there(moved.was_there);
                     call.answer(std::move(reply));
                   });
               });
}

void remove_alias(const session_call& call,
                  const v1::DeleteAliasRequest& wanted) {
  with_checked(
    call, checked_delete_alias(placed(call, wanted), call.services().rules),
    [&](const delete_alias& command) {
      call.change<alias_deleted>(call.services().actors.services.registry,
                                 command, [=](const alias_deleted& gone) {
                                   v1::Reply reply;
                                   reply.mutable_alias_deletion()->set_revision(
                                     gone.at);
                                   call.answer(std::move(reply));
                                 });
    });
}

// --- leases ------------------------------------------------------------------

void grant(const session_call& call, const v1::GrantLeaseRequest& wanted) {
  with_checked(call, checked_grant(wanted), [&](const transaction& change) {
    call.change<commit_result>(call.services().actors.services.writer, change,
                               [=](const commit_result& granted) {
                                 v1::Reply reply;
                                 write_lease(*call.services().metadata,
                                             granted.lease,
                                             *reply.mutable_lease());
                                 call.answer(std::move(reply));
                               });
  });
}

void keep_alive(const session_call& call, const v1::KeepAliveRequest& wanted) {
  with_checked(call, checked_lease(wanted.lease_id()), [&](lease_id lease) {
    v1::Reply reply;
    renew_lease(*call.services().leases, lease, *reply.mutable_lease());
    call.answer(std::move(reply));
  });
}

void revoke(const session_call& call, const v1::RevokeLeaseRequest& wanted) {
  with_checked(call, checked_lease(wanted.lease_id()), [&](lease_id lease) {
    call.change<lease_ended>(call.services().actors.leases, end_lease{lease},
                             [=](const lease_ended& ended) {
                               v1::Reply reply;
                               auto& answer = *reply.mutable_lease_end();
                               answer.set_revision(ended.at);
                               answer.set_released(ended.released);
                               call.answer(std::move(reply));
                             });
  });
}

} // namespace

void carry_out_registration_command(const session_call& call,
                                    const v1::Request& request) {
  using v1::Request;
  switch (request.command_case()) {
  case Request::kRegistration:
    return take_registration(call, request.registration());
  case Request::kVersion:
    return get_version(call, request.version());
  case Request::kRegistrations:
    return list_registered(call, request.registrations());
  case Request::kDeletion:
    return remove(call, request.deletion());
  case Request::kAlias:
    return set_alias(call, request.alias());
  case Request::kAliasDeletion:
    return remove_alias(call, request.alias_deletion());
  case Request::kLease:
    return grant(call, request.lease());
  case Request::kKeepAlive:
    return keep_alive(call, request.keep_alive());
  default:
    return revoke(call, request.lease_end());
  }
}

} // namespace trivium::actors
