#pragma once

#include "actors/node/node.hpp"
#include "messages/values/control.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trivium::accelerators {
class device;
}

namespace trivium::actors {

struct service_options {
  config::settings settings;
  std::filesystem::path program; ///< This binary, for executor workers.
  std::string version;
  /// Of which the first computes; probed when empty. For fault tests.
  std::vector<std::shared_ptr<accelerators::device>> devices;
};

/// A node that serves its store to clients until it is stopped.
class node_service {
public:
  /// Opens the store, spawns the actors, opens the door, goes on with parked
  /// jobs, and says so in STORE/node.json. Errors: those of the store and of
  /// the door; resource_exhausted (threads).
  [[nodiscard]] static expected<std::unique_ptr<node_service>>
  start(const service_options& options);

  /// Stops, if `stop` did not: like a process that is killed, but tidily.
  virtual ~node_service() = default;

  [[nodiscard]] virtual const node_identity& identity() const = 0;
  [[nodiscard]] virtual const std::filesystem::path& socket() const = 0;
  /// HOST:PORT of the gRPC door; empty where it is off.
  [[nodiscard]] virtual std::string grpc_address() const = 0;

  /// No new clients or jobs; running tiles finish, jobs are parked; the actors
  /// end, then the store closes. Takes at most `grace` and half a second.
  /// False: something hangs, and the process must leave without destructors.
  [[nodiscard]] virtual bool stop(std::chrono::milliseconds grace) = 0;
};

} // namespace trivium::actors
