#pragma once

#include "tools/measure/registry/histogram.hpp"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace trivium::bench {

/// What a completion queue gives back as its tag.
class completion {
public:
  virtual ~completion() = default;
  virtual void completed(bool is_fine) = 0;
};

/// A place for one outstanding call, used for one after the other.
class slot : public completion {
public:
  /// Begins call `number`; when it has ended `ended` is called.
  virtual void start(grpc::CompletionQueue& queue, uint64_t number) = 0;
  /// Empty where the call that ended did what was asked.
  [[nodiscard]] virtual std::string failure() const = 0;
  /// Of its request and answer, as protobuf.
  [[nodiscard]] virtual uint64_t bytes() const = 0;

  /// Before the queue is shut down.
  virtual void close() {}

  std::function<void(slot&)> ended;
  uint64_t number = 0;
  steady::time_point began; ///< When it was started, or was due to be.
};

using channel = std::shared_ptr<grpc::Channel>;

/// What is asked for, and of what.
struct workload {
  std::string operation;
  std::string prefix = "load"; ///< Ids are PREFIX-NUMBER.
  uint64_t known = 0;          ///< Ids 0 … known - 1 are registered.
  std::optional<int64_t> ttl_seconds;
};

/// Makes the slots of one channel.
using slot_maker = std::function<std::unique_ptr<slot>(const channel&)>;

/// Of an operation on a target; null where it does not know that operation.
[[nodiscard]] slot_maker trivium_slots(const workload& work);
[[nodiscard]] slot_maker etcd_slots(const workload& work);

[[nodiscard]] inline std::string id_of(const workload& work, uint64_t number) {
  return work.prefix + "-" + std::to_string(number);
}

/// The id of some registered model: another one for each number, in an order
/// that looks random and is the same every time (splitmix64).
[[nodiscard]] inline std::string known_id(const workload& work,
                                          uint64_t number) {
  auto mixed = (number + 1) * 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return id_of(work, (mixed ^ (mixed >> 31)) % work.known);
}

/// A slot for calls with one request and one answer.
template <class Stub, class Request, class Response>
class unary_slot final : public slot {
public:
  using method = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
    Stub::*)(grpc::ClientContext*, const Request&, grpc::CompletionQueue*);
  using fill = std::function<void(uint64_t, Request&)>;
  /// Empty for the answer that was wanted.
  using judge = std::function<std::string(const Response&)>;

  unary_slot(std::unique_ptr<Stub> stub, method call, fill with, judge by)
    : stub_(std::move(stub)), call_(call), fill_(std::move(with)),
      judge_(std::move(by)) {}

  void start(grpc::CompletionQueue& queue, uint64_t number) override {
    this->number = number;
    reader_.reset(); // it refers to the context
    context_.emplace();
    fill_(number, request_);
    reader_ = ((*stub_).*call_)(&*context_, request_, &queue);
    reader_->Finish(&response_, &status_, this);
  }

  void completed(bool) override { ended(*this); }

  [[nodiscard]] std::string failure() const override {
    return status_.ok() ? judge_(response_) : status_.error_message();
  }

  [[nodiscard]] uint64_t bytes() const override {
    return request_.ByteSizeLong() + response_.ByteSizeLong();
  }

private:
  std::unique_ptr<Stub> stub_;
  method call_;
  fill fill_;
  judge judge_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader_;
  Request request_;
  Response response_;
  grpc::Status status_;
};

} // namespace trivium::bench
