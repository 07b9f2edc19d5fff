#include "actors/gateway/grpc/register_stream.hpp"

#include "actors/gateway/grpc/request_origin.hpp"
#include "actors/gateway/requests/lease_requests.hpp"
#include "actors/gateway/waiting_registration.hpp"
#include "actors/new_envelope.hpp"

#include <caf/send.hpp>

#include <concepts>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace trivium::actors {

namespace {

/// Registrations of one stream without an outcome that was sent; more are not
/// read.
constexpr uint64_t most_under_way = 1024;
constexpr int most_in_a_message = 1024;
/// Clients take 4 MiB; a refusal may have a kilobyte or two.
constexpr int most_in_an_answer = 512;

/// One client's stream. All of it happens on the queue's thread, but that
/// outcomes come from any. Lives until the client is gone, nothing is under
/// way, and each registration is answered.
class register_stream final
  : outgoing,
    public std::enable_shared_from_this<register_stream> {
public:
  static void listen(shared_context door, registry_service& service,
                     call_limits& limits, call_limits& registrations,
                     door_queue& queue) {
    auto made = std::shared_ptr<register_stream>(new register_stream{
      std::move(door), service, limits, registrations, queue});
    auto& stream = *made;
    stream.self_ = std::move(made);
    auto* const completions = &queue.completions();
    stream.context_.AsyncNotifyWhenDone(tag(stream.ended_));
    service.RequestRegisterStream(&stream.context_, &stream.stream_,
                                  completions, completions,
                                  tag(stream.accepted_));
  }

  ~register_stream() {
    if (is_counted_)
      limits_.leave();
  }

private:
  register_stream(shared_context door, registry_service& service,
                  call_limits& limits, call_limits& registrations,
                  door_queue& queue)
    : door_(std::move(door)), service_(service), limits_(limits),
      registrations_(registrations), queue_(queue) {}

  static void* tag(completion& of) { return &of; }

  void on_accepted(bool is_call) {
    if (!is_call)
      return self_.reset(); // the server stops
    listen(door_, service_, limits_, registrations_, queue_);
    is_counted_ = limits_.enter();
    if (!is_counted_)
      return end(to_grpc(
        {ec::resource_exhausted, "the node has too many calls at once"}));
    origin_ = origin_of(context_, cancel_, {});
    is_traced_ = context_.client_metadata().contains("traceparent");
    read();
  }

  void read() {
    is_reading_ = true;
    ++under_way_;
    stream_.Read(&request_, tag(read_));
  }

  void on_read(bool is_request) {
    --under_way_;
    if (is_request && !is_over_)
      take_all(); // is_reading_ still: nothing is read over the request
    has_said_all_ = !is_request;
    is_reading_ = false;
    go_on();
  }

  void take_all() {
    if (request_.registrations_size() > most_in_a_message)
      return end(to_grpc(
        {ec::invalid_argument,
         "a message has " + std::to_string(request_.registrations_size())
           + " registrations; at most " + std::to_string(most_in_a_message)},
        {"registrations", {}}));
    registration_calls calls;
    calls.reserve(static_cast<size_t>(request_.registrations_size()));
    for (const auto& one : request_.registrations())
      if (auto call = taken(one, taken_++))
        calls.push_back(std::move(call));
    if (!calls.empty())
      caf::anon_send(door_->registrar(), std::move(calls));
  }

  /// Null where it is refused already.
  registration_ptr taken(const v1::ModelRegistrationRequest& request,
                         uint64_t number) {
    const auto refuse = [&](const refusal& why) {
      tell(number, to_grpc(why.reason, why.context));
      return nullptr;
    };
    auto command = checked_registration(request, door_->rules());
    if (!command)
      return refuse(command.error());
    if (const auto held = check_shared(door_->store(), command->lease); !held)
      return refuse(held.error());
    const auto bytes = request.ByteSizeLong();
    if (!registrations_.enter(bytes))
      return refuse({{ec::resource_exhausted,
                      "the node has too many registrations at once"}});
    auto from = origin_;
    from.tenant = command->model.name_space;
    if (!is_traced_)
      from.trace = new_trace();
    return wait_for(door_->services->leases, std::move(from),
                    std::move(*command),
                    [stream = shared_from_this(), number,
                     bytes](const expected<model_registered>& result) {
                      stream->registrations_.leave(bytes);
                      stream->tell(number, result);
                    });
  }

  void tell(uint64_t number, const expected<model_registered>& result) {
    if (!result)
      return tell(number, to_grpc(result.error()));
    tell(number, [&](v1::RegistrationOutcome& outcome) {
      write_registered(*result, *outcome.mutable_registered());
    });
  }

  void tell(uint64_t number, const grpc::Status& status) {
    tell(number, [&](v1::RegistrationOutcome& outcome) {
      auto& failure = *outcome.mutable_failure();
      failure.set_code(status.error_code());
      failure.set_message(status.error_message());
      failure.set_details(status.error_details());
    });
  }

  template <std::invocable<v1::RegistrationOutcome&> Write>
  void tell(uint64_t number, const Write& write) {
    {
      const std::lock_guard hold{mutex_};
      auto& outcome = *waiting_.add_outcomes();
      outcome.set_number(number);
      write(outcome);
      if (std::exchange(is_departing_, true))
        return;
      departing_ = shared_from_this();
    }
    queue_.send(*this);
  }

  void depart() override {
    std::shared_ptr<register_stream> kept; // released last
    {
      const std::lock_guard hold{mutex_};
      is_departing_ = false;
      kept = std::move(departing_);
    }
    go_on();
  }

  /// Whatever may be done by now: to send outcomes, to read, to end.
  void go_on() {
    if (is_over_ || is_finishing_)
      return let_go();
    if (!is_writing_ && take_outcomes()) {
      is_writing_ = true;
      ++under_way_;
      stream_.Write(leaving_, tag(written_));
    }
    if (!end_ && has_said_all_ && told_ == taken_)
      end_ = grpc::Status::OK;
    if (end_ && !is_writing_ && told_ == taken_) {
      is_finishing_ = true;
      ++under_way_;
      stream_.Finish(*end_, tag(finished_));
    } else if (!end_ && !is_reading_ && !has_said_all_
               && taken_ - told_ < most_under_way) {
      read();
    }
  }

  bool take_outcomes() {
    leaving_.Clear();
    const std::lock_guard hold{mutex_};
    const auto waiting = waiting_.outcomes_size();
    if (waiting <= most_in_an_answer) {
      leaving_.Swap(&waiting_);
      return waiting > 0;
    }
    auto& outcomes = *waiting_.mutable_outcomes();
    for (int i = 0; i < most_in_an_answer; ++i)
      leaving_.add_outcomes()->Swap(outcomes.Mutable(i));
    outcomes.DeleteSubrange(0, most_in_an_answer);
    return true;
  }

  void on_written(bool is_done) {
    --under_way_;
    is_writing_ = false;
    if (is_done)
      told_ += static_cast<uint64_t>(leaving_.outcomes_size());
    go_on();
  }

  /// Once all that was taken is told.
  void end(const grpc::Status& status) {
    end_ = status;
    go_on();
  }

  void on_finished(bool) {
    --under_way_;
    let_go();
  }

  void on_ended(bool) {
    is_over_ = true;
    if (context_.IsCancelled())
      cancel_.cancel();
    let_go();
  }

  void let_go() {
    if (is_over_ && under_way_ == 0)
      self_.reset();
  }

  shared_context door_;
  registry_service& service_;
  call_limits& limits_;
  call_limits& registrations_;
  door_queue& queue_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<v1::RegisterStreamResponse,
                                v1::RegisterStreamRequest>
    stream_{&context_};
  cancel_token cancel_;
  envelope origin_;
  bool is_traced_ = false; ///< By the client; else each has a trace of its own.
  v1::RegisterStreamRequest request_;
  v1::RegisterStreamResponse leaving_; ///< Read by gRPC while it is written.
  uint64_t taken_ = 0;                 ///< Registrations that were read,
  uint64_t told_ = 0;                  ///< and those whose outcome has left.
  bool is_counted_ = false;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool has_said_all_ = false; ///< The client.
  bool is_finishing_ = false;
  bool is_over_ = false;
  std::optional<grpc::Status> end_; ///< Set: no more is read.
  int under_way_ = 0;
  std::shared_ptr<register_stream> self_; ///< Until the end.

  std::mutex mutex_; ///< Of what follows.
  v1::RegisterStreamResponse waiting_;
  bool is_departing_ = false;
  std::shared_ptr<register_stream> departing_;

  using completion_of_this = completion_of<register_stream>;
  completion_of_this accepted_{*this, &register_stream::on_accepted};
  completion_of_this read_{*this, &register_stream::on_read};
  completion_of_this written_{*this, &register_stream::on_written};
  completion_of_this finished_{*this, &register_stream::on_finished};
  completion_of_this ended_{*this, &register_stream::on_ended};
};

} // namespace

void listen_for_registrations(shared_context door, registry_service& service,
                              call_limits& limits, call_limits& registrations,
                              door_queue& queue) {
  register_stream::listen(std::move(door), service, limits, registrations,
                          queue);
}

} // namespace trivium::actors
