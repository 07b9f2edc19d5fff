#pragma once

#include "actors/gateway/grpc/watch_hub.hpp"
#include "actors/gateway/requests/registration_request.hpp"
#include "actors/gateway/session.hpp"

#include "config/settings.hpp"

#include <chrono>
#include <memory>

namespace trivium::actors {

struct registry_door_options {
  config::grpc_settings settings;
  caf::actor asker; ///< A pooled desk.
  watch_hub_actor hub;
};

/// The gRPC door: takes calls of trivium.v1.ModelRegistry, checks them, and
/// passes them to the same actors that the other doors ask.
class registry_door {
public:
  /// Errors: unavailable (the address is in use).
  [[nodiscard]] static expected<std::unique_ptr<registry_door>>
  open(registry_door_options options,
       std::shared_ptr<const session_services> services);

  virtual ~registry_door() = default;

  [[nodiscard]] virtual int port() const = 0;

  /// Takes no new calls; those under way may end within `grace` and are
  /// cancelled then. False: some are still held by actors, which hang, and the
  /// process must leave without destructors.
  [[nodiscard]] virtual bool stop(std::chrono::milliseconds grace) = 0;
};

} // namespace trivium::actors
