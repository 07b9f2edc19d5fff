#pragma once

#include "actors/gateway/grpc/call_limits.hpp"
#include "actors/gateway/grpc/server_stream.hpp"
#include "actors/gateway/grpc/unary_method.hpp"

#include <grpc/health/v1/health.grpc.pb.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace trivium::actors {

/// The standard health service for the services of one server: SERVING from its
/// first call until `stop`.
class health_door {
public:
  /// `known`: full names of the services besides this one.
  health_door(call_limits& limits, std::set<std::string> known);

  [[nodiscard]] grpc::Service& service() { return service_; }

  /// Takes calls from the queue, which must be drained before this goes.
  void listen(door_queue& queue);

  /// Tells NOT_SERVING from now on, and ends every watch with it.
  void stop();

private:
  using request = grpc::health::v1::HealthCheckRequest;
  using response = grpc::health::v1::HealthCheckResponse;
  using async_service = grpc::health::v1::Health::AsyncService;
  using check_method = unary_method<async_service, request, response>;
  using watch_call = server_stream<async_service, request, response>;

  [[nodiscard]] response status_of(const std::string& service);
  void check(const check_method::call& call);
  void watch(const watch_call::pointer& call);

  call_limits& limits_;
  std::set<std::string> known_;
  async_service service_;
  check_method check_;
  std::mutex mutex_;
  bool is_serving_ = true;
  std::vector<std::weak_ptr<watch_call>> watches_;
};

} // namespace trivium::actors
