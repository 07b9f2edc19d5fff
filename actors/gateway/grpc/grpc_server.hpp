#pragma once

#include "actors/gateway/grpc/door_queue.hpp"
#include "config/settings.hpp"
#include "messages/values/ec.hpp"

#include <grpcpp/server.h>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace trivium::actors {

/// A gRPC server over completion queues, each with a thread. It knows no
/// service's calls: `listen` begins to take them.
class grpc_server {
public:
  /// Listens where the settings say, with server reflection. Errors:
  /// unavailable (the address is in use), invalid_argument (no loopback
  /// address).
  [[nodiscard]] static expected<std::unique_ptr<grpc_server>>
  open(const config::grpc_settings& settings,
       std::initializer_list<grpc::Service*> services);

  /// Called once for each queue before its thread starts.
  void listen(const std::function<void(door_queue&)>& begin);

  /// Nothing new is taken; calls under way go on until `grace` is over and are
  /// cancelled then. Joins the threads. False:
  /// `is_idle` did not become true, calls are still held somewhere, and nothing
  /// of this server may be destroyed.
  [[nodiscard]] bool stop(std::chrono::milliseconds grace,
                          const std::function<bool()>& is_idle);

  [[nodiscard]] int port() const { return port_; }

private:
  grpc_server() = default;

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::unique_ptr<door_queue>> queues_;
  std::vector<std::thread> threads_;
};

} // namespace trivium::actors
