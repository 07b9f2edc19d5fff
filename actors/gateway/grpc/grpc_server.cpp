#include "actors/gateway/grpc/grpc_server.hpp"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <absl/synchronization/mutex.h>
#include <pthread.h>

#include <mutex>

namespace trivium::actors {

namespace {

/// Of all headers of a call; CONTINUATION frames cost more than they weigh.
constexpr int max_metadata_bytes = 16 << 10;

/// For calls that were cancelled to be let go by who works for them.
constexpr std::chrono::milliseconds last_answers{500};

} // namespace

expected<std::unique_ptr<grpc_server>>
grpc_server::open(const config::grpc_settings& settings,
                  std::initializer_list<grpc::Service*> services) {
  // Debian's gRPC looks for deadlocks of its own at every lock: a fifth of the
  // cost of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Its health service takes calls by callbacks, for which it starts threads
  // that are woken by everything there is to read: a sixth of a call's cost.
  grpc::EnableDefaultHealthCheckService(false);
  static std::once_flag reflects;
  std::call_once(reflects,
                 grpc::reflection::InitProtoReflectionServerBuilderPlugin);
  std::unique_ptr<grpc_server> made{new grpc_server};
  grpc::ServerBuilder builder;
  // Two nodes on one port would share its clients.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, max_metadata_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(settings.streams));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             static_cast<int>(settings.idle.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(
    GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.SetMaxReceiveMessageSize(static_cast<int>(settings.message_bytes));
  builder.SetResourceQuota(
    grpc::ResourceQuota{"door"}.Resize(settings.memory_bytes));
  builder.AddListeningPort(settings.listen, grpc::InsecureServerCredentials(),
                           &made->port_);
  for (auto* service : services)
    builder.RegisterService(service);
  for (uint32_t i = 0; i < settings.threads; ++i)
    made->queues_.push_back(
      std::make_unique<door_queue>(builder.AddCompletionQueue()));
  made->server_ = builder.BuildAndStart();
  if (!made->server_ || made->port_ == 0)
    return fail(ec::unavailable,
                "the gRPC door cannot listen on " + settings.listen
                  + ": the address is in use, or not this machine's; "
                    "grpc.listen names another one, or \"off\"");
  return made;
}

void grpc_server::listen(const std::function<void(door_queue&)>& begin) {
  for (auto& queue : queues_) {
    begin(*queue);
    threads_.emplace_back([&queue = *queue] {
      pthread_setname_np(pthread_self(), "grpc_door");
      queue.serve();
    });
  }
}

bool grpc_server::stop(std::chrono::milliseconds grace,
                       const std::function<bool()>& is_idle) {
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  // An answer to a queue that is shut ends the process.
  const auto deadline = std::chrono::steady_clock::now() + last_answers;
  while (!is_idle()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  for (auto& queue : queues_)
    queue->completions().Shutdown();
  for (auto& thread : threads_)
    thread.join();
  // A queue without a thread is drained all the same.
  for (auto& queue : queues_)
    queue->serve();
  return true;
}

} // namespace trivium::actors
