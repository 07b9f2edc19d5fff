#include "tools/measure/registry/commands.hpp"

#include <grpcpp/grpcpp.h>

#include "trivium/v1/registry.grpc.pb.h"

#include <cstdio>
#include <memory>
#include <vector>

namespace trivium::bench {

namespace {

using service =
  v1::ModelRegistry::WithAsyncMethod_Register<v1::ModelRegistry::Service>;

constexpr size_t waiting_calls = 512;

/// One call: waited for, answered, and waited for again.
class call {
public:
  call(service& calls, grpc::ServerCompletionQueue& queue)
    : calls_(calls), queue_(queue) {
    await();
  }

  void go_on(uint64_t revision) {
    if (is_answered_)
      return await();
    is_answered_ = true;
    response_.set_revision(revision);
    response_.set_create_revision(revision);
    response_.set_version(request_.version());
    response_.set_ttl_seconds(request_.ttl_seconds());
    writer_->Finish(response_, grpc::Status::OK, this);
  }

private:
  void await() {
    is_answered_ = false;
    writer_.reset(); // it refers to the context
    context_ = std::make_unique<grpc::ServerContext>();
    writer_ = std::make_unique<
      grpc::ServerAsyncResponseWriter<v1::ModelRegistrationResponse>>(
      context_.get());
    calls_.RequestRegister(context_.get(), &request_, writer_.get(), &queue_,
                           &queue_, this);
  }

  service& calls_;
  grpc::ServerCompletionQueue& queue_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<
    grpc::ServerAsyncResponseWriter<v1::ModelRegistrationResponse>>
    writer_;
  v1::ModelRegistrationRequest request_;
  v1::ModelRegistrationResponse response_;
  bool is_answered_ = false;
};

} // namespace

int serve_echo(words arguments) {
  if (!arguments.empty())
    return 2;
  service calls;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&calls);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  if (!server)
    return 1;
  std::printf("{\"address\":\"127.0.0.1:%d\"}\n", port);
  std::fflush(stdout);
  std::vector<std::unique_ptr<call>> waiting;
  for (size_t i = 0; i < waiting_calls; ++i)
    waiting.push_back(std::make_unique<call>(calls, *queue));
  void* tag = nullptr;
  auto is_fine = false;
  for (uint64_t revision = 1; queue->Next(&tag, &is_fine); ++revision)
    static_cast<call*>(tag)->go_on(revision);
  return 0;
}

} // namespace trivium::bench
