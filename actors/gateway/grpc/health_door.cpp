#include "actors/gateway/grpc/health_door.hpp"

#include "messages/values/names.hpp"

#include <utility>

namespace trivium::actors {

health_door::health_door(call_limits& limits, std::set<std::string> known)
  : limits_(limits), known_(std::move(known)),
    check_(service_, &async_service::RequestCheck, limits,
           [this](const check_method::call& call) { check(call); }) {
  known_.insert({"", grpc::health::v1::Health::service_full_name()});
}

void health_door::listen(door_queue& queue) {
  check_.listen(queue);
  watch_call::listen(service_, &async_service::RequestWatch, limits_,
                     queue.completions(),
                     [this](const watch_call::pointer& call) { watch(call); });
}

void health_door::stop() {
  std::vector<std::weak_ptr<watch_call>> watches;
  {
    const std::lock_guard hold{mutex_};
    is_serving_ = false;
    watches = std::exchange(watches_, {});
  }
  response over;
  over.set_status(response::NOT_SERVING);
  for (const auto& one : watches)
    if (const auto call = one.lock()) {
      static_cast<void>(call->write(over));
      call->finish({grpc::StatusCode::UNAVAILABLE, "the node stops"});
    }
}

health_door::response health_door::status_of(const std::string& service) {
  response status;
  status.set_status(!known_.contains(service) ? response::SERVICE_UNKNOWN
                    : is_serving_             ? response::SERVING
                                              : response::NOT_SERVING);
  return status;
}

void health_door::check(const check_method::call& call) {
  const auto& name = call.request().service();
  if (!known_.contains(name))
    return call.fail({ec::not_found, "no service " + printable(name)});
  const std::lock_guard hold{mutex_};
  call.response() = status_of(name);
  call.finish();
}

void health_door::watch(const watch_call::pointer& call) {
  response status;
  {
    const std::lock_guard hold{mutex_};
    std::erase_if(watches_, [](const auto& one) { return one.expired(); });
    if (is_serving_)
      watches_.push_back(call);
    status = status_of(call->request().service());
  }
  static_cast<void>(call->write(status));
  if (status.status() == response::NOT_SERVING)
    call->finish({grpc::StatusCode::UNAVAILABLE, "the node stops"});
}

} // namespace trivium::actors
