#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/grpc/request_origin.hpp"
#include "actors/gateway/requests/lease_requests.hpp"
#include "actors/gateway/waiting_registration.hpp"

#include <caf/send.hpp>

namespace trivium::actors {

void take_registration(const shared_context& door, const register_call& call) {
  auto command = checked_registration(call.request(), door->rules());
  if (!command)
    return call.fail(command.error().reason, command.error().context);
  if (const auto held = check_shared(door->store(), command->lease); !held)
    return call.fail(held.error().reason, held.error().context);
  auto from =
    origin_of(call.context(), call.cancel(), command->model.name_space);
  caf::anon_send(door->registrar(),
                 wait_for(door->services->leases, std::move(from),
                          std::move(*command),
                          [call](expected<model_registered> result) {
                            if (!result)
                              return call.fail(result.error());
                            write_registered(*result, call.response());
                            call.finish();
                          }));
}

} // namespace trivium::actors
