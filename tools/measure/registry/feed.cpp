#include "tools/measure/registry/feed.hpp"

#include "trivium/v1/registry.grpc.pb.h"
#include <etcd.grpc.pb.h>

#include <charconv>

namespace trivium::bench {

namespace {

namespace etcd = etcdserverpb;

/// The number of "…PREFIX-NUMBER…".
uint64_t number_of(const std::string& id, const std::string& prefix) {
  uint64_t number = 0;
  const auto at = id.find(prefix + "-");
  if (at != std::string::npos)
    std::from_chars(id.data() + at + prefix.size() + 1, id.data() + id.size(),
                    number);
  return number;
}

class trivium_watch final : public feed {
public:
  trivium_watch(const channel& to, workload work)
    : stub_(v1::ModelRegistry::NewStub(to)), work_(std::move(work)) {}

  void start(grpc::CompletionQueue& queue) override {
    v1::WatchModelsRequest request;
    request.set_model_id_prefix(work_.prefix);
    request.add_kinds(v1::EVENT_KIND_VERSION_REGISTERED);
    reader_ = stub_->AsyncWatch(&context_, request, &queue, this);
  }

  void completed(bool is_fine) override {
    is_reading_ = is_fine;
    for (const auto& event : response_.events())
      seen(number_of(event.model_id(), work_.prefix));
    response_.Clear();
    if (is_fine)
      reader_->Read(&response_, this);
  }

private:
  std::unique_ptr<v1::ModelRegistry::Stub> stub_;
  workload work_;
  v1::WatchModelsResponse response_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::WatchModelsResponse>> reader_;
};

class etcd_watch final : public feed {
public:
  etcd_watch(const channel& to, workload work)
    : stub_(etcd::Watch::NewStub(to)), work_(std::move(work)) {}

  void start(grpc::CompletionQueue& queue) override {
    stream_ = stub_->AsyncWatch(&context_, &queue, this);
  }

  void completed(bool is_fine) override {
    if (!is_fine) {
      is_reading_ = false;
      return;
    }
    if (!is_asked_) { // the stream stands
      is_asked_ = true;
      etcd::WatchRequest request;
      auto& create = *request.mutable_create_request();
      create.set_key("/models/" + work_.prefix + "-");
      create.set_range_end("/models/" + work_.prefix + ".");
      return stream_->Write(request, this);
    }
    is_reading_ = is_reading_ || response_.created();
    for (const auto& event : response_.events())
      seen(number_of(event.kv().key(), work_.prefix));
    response_.Clear();
    stream_->Read(&response_, this);
  }

private:
  std::unique_ptr<etcd::Watch::Stub> stub_;
  workload work_;
  bool is_asked_ = false;
  etcd::WatchResponse response_;
  std::unique_ptr<
    grpc::ClientAsyncReaderWriter<etcd::WatchRequest, etcd::WatchResponse>>
    stream_;
};

} // namespace

std::unique_ptr<feed> trivium_feed(const channel& to, const workload& work) {
  return std::make_unique<trivium_watch>(to, work);
}

std::unique_ptr<feed> etcd_feed(const channel& to, const workload& work) {
  return std::make_unique<etcd_watch>(to, work);
}

} // namespace trivium::bench
