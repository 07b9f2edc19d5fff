#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/grpc/request_origin.hpp"
#include "actors/gateway/requests/lease_requests.hpp"

namespace trivium::actors {

void grant_new_lease(const shared_context& door, const grant_call& call) {
  auto grant = checked_grant(call.request());
  if (!grant)
    return call.fail(grant.error().reason, grant.error().context);
  const auto from =
    origin_of(call.context(), call.cancel(), door->rules().name_space);
  ask_through<commit_result>(
    door->options.asker, door->services->actors.services.writer, from,
    std::move(*grant), [=](expected<commit_result> granted) {
      if (!granted)
        return call.fail(granted.error());
      write_lease(door->store(), granted->lease, call.response());
      call.finish();
    });
}

void revoke_granted_lease(const shared_context& door, const revoke_call& call) {
  const auto lease = checked_lease(call.request().lease_id());
  if (!lease)
    return call.fail(lease.error().reason, lease.error().context);
  const auto from =
    origin_of(call.context(), call.cancel(), door->rules().name_space);
  ask_through<lease_ended>(door->options.asker, door->services->actors.leases,
                           from, end_lease{*lease},
                           [=](expected<lease_ended> ended) {
                             if (!ended)
                               return call.fail(ended.error());
                             call.response().set_revision(ended->at);
                             call.response().set_released(ended->released);
                             call.finish();
                           });
}

} // namespace trivium::actors
