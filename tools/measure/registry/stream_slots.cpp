#include "tools/measure/registry/stream_slots.hpp"

#include "trivium/v1/registry.grpc.pb.h"

#include <map>
#include <unordered_map>

namespace trivium::bench {

namespace {

using stub = v1::ModelRegistry::Stub;

class stream_slot;

/// One RegisterStream call for all slots of a channel. What is begun while a
/// message leaves, or while outcomes are taken in, goes with the next message.
class registration_stream {
public:
  explicit registration_stream(const channel& to)
    : stub_(v1::ModelRegistry::NewStub(to)) {}

  void add(stream_slot& from, grpc::CompletionQueue& queue, uint64_t number);
  /// What is read gets its completion.
  void close() { context_.TryCancel(); }

  std::function<void(uint64_t, v1::ModelRegistrationRequest&)> fill;

private:
  /// A completion that calls a member.
  class step final : public completion {
  public:
    using handler = void (registration_stream::*)(bool);
    step(registration_stream& of, handler handle) : of_(of), handle_(handle) {}
    void completed(bool is_fine) override { (of_.*handle_)(is_fine); }

  private:
    registration_stream& of_;
    handler handle_;
  };

  void begun(bool is_fine) {
    is_begun_ = is_fine;
    if (!is_fine)
      return;
    stream_->Read(&answer_, &read_);
    send();
  }

  void send() {
    if (!is_begun_ || is_writing_ || is_taking_
        || next_.registrations_size() == 0)
      return;
    is_writing_ = true;
    leaving_.Clear();
    leaving_.Swap(&next_);
    stream_->Write(leaving_, &written_);
  }

  void written(bool) {
    is_writing_ = false;
    send();
  }

  void read(bool is_fine);

  std::unique_ptr<stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<v1::RegisterStreamRequest,
                                                v1::RegisterStreamResponse>>
    stream_;
  v1::RegisterStreamRequest next_;
  v1::RegisterStreamRequest leaving_;
  v1::RegisterStreamResponse answer_;
  std::unordered_map<uint64_t, stream_slot*> waiting_; ///< By place in it.
  uint64_t added_ = 0;
  bool is_begun_ = false;
  bool is_writing_ = false;
  bool is_taking_ = false;
  step begun_{*this, &registration_stream::begun};
  step written_{*this, &registration_stream::written};
  step read_{*this, &registration_stream::read};
};

class stream_slot final : public slot {
public:
  explicit stream_slot(std::shared_ptr<registration_stream> stream)
    : stream_(std::move(stream)) {}

  void start(grpc::CompletionQueue& queue, uint64_t number) override {
    this->number = number;
    stream_->add(*this, queue, number);
  }
  void close() override { stream_->close(); }
  void completed(bool) override {}

  void told(const v1::RegistrationOutcome& outcome) {
    outcome_ = outcome;
    ended(*this);
  }

  [[nodiscard]] std::string failure() const override {
    return outcome_.has_registered() ? "" : outcome_.failure().message();
  }
  [[nodiscard]] uint64_t bytes() const override {
    return sent + outcome_.ByteSizeLong();
  }

  uint64_t sent = 0;

private:
  std::shared_ptr<registration_stream> stream_;
  v1::RegistrationOutcome outcome_;
};

void registration_stream::add(stream_slot& from, grpc::CompletionQueue& queue,
                              uint64_t number) {
  if (!stream_) {
    stream_ = stub_->PrepareAsyncRegisterStream(&context_, &queue);
    stream_->StartCall(&begun_);
  }
  auto& registration = *next_.add_registrations();
  fill(number, registration);
  from.sent = registration.ByteSizeLong();
  waiting_.emplace(added_++, &from);
  send();
}

void registration_stream::read(bool is_fine) {
  if (!is_fine)
    return;
  is_taking_ = true;
  for (const auto& outcome : answer_.outcomes())
    if (const auto found = waiting_.extract(outcome.number()))
      found.mapped()->told(outcome);
  is_taking_ = false;
  send();
  stream_->Read(&answer_, &read_);
}

} // namespace

slot_maker stream_slots(
  std::function<void(uint64_t, v1::ModelRegistrationRequest&)> fill) {
  auto streams = std::make_shared<
    std::map<grpc::Channel*, std::shared_ptr<registration_stream>>>();
  return [streams, fill = std::move(fill)](const channel& to) {
    auto& stream = (*streams)[to.get()];
    if (!stream) {
      stream = std::make_shared<registration_stream>(to);
      stream->fill = fill;
    }
    return std::make_unique<stream_slot>(stream);
  };
}

} // namespace trivium::bench
