#pragma once

#include "actors/gateway/session.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/wire/failure.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace trivium::actors {

using session_pointer = session_actor::stateful_pointer<session_state>;

[[nodiscard]] inline v1::Reply failure_reply(const error& e) {
  v1::Reply reply;
  *reply.mutable_failure() = to_wire(e);
  return reply;
}

[[nodiscard]] inline v1::Reply done_reply() {
  v1::Reply reply;
  reply.mutable_done();
  return reply;
}

/// One request on its way through a session: whatever happens, it is answered
/// once. Copies stand for the same request.
class session_call {
public:
  session_call(session_pointer self,
               std::shared_ptr<const session_services> services, envelope from,
               uint64_t id, std::chrono::milliseconds limit)
    : self_(self), services_(std::move(services)), from_(std::move(from)),
      id_(id), limit_(limit),
      promise_(self->make_response_promise<v1::Reply>()) {}

  [[nodiscard]] const envelope& from() const { return from_; }
  [[nodiscard]] const session_services& services() const { return *services_; }
  [[nodiscard]] std::shared_ptr<const session_services>
  shared_services() const {
    return services_;
  }
  [[nodiscard]] session_pointer self() const { return self_; }
  [[nodiscard]] caf::result<v1::Reply> promise() const { return promise_; }

  void answer(v1::Reply reply) const {
    self_->state.requests.erase(id_);
    auto promise = promise_;
    promise.deliver(std::move(reply));
  }
  void fail(const error& e) const { answer(failure_reply(e)); }
  void done() const { answer(done_reply()); }

  [[nodiscard]] caf::timespan limit() const { return caf::timespan{limit_}; }

  /// Asks another actor of the node for what takes no time: CAF's clock keeps
  /// each time-out until it is over. An error answers the call.
  template <class Answer, class Handle, class Message, class Next>
  void ask(const Handle& whom, Message message, Next next) const {
    ask_within<Answer>(std::min(limit(), caf::timespan{command_limit}), whom,
                       std::move(message), std::move(next));
  }

  /// The same for what reads or writes whole models.
  template <class Answer, class Handle, class Message, class Next>
  void ask_for_work(const Handle& whom, Message message, Next next) const {
    ask_within<Answer>(limit(), whom, std::move(message), std::move(next));
  }

  template <class Answer, class Handle, class Message, class Next>
  void ask_within(caf::timespan limit, const Handle& whom, Message message,
                  Next next) const {
    self_->request(whom, limit, from_, std::move(message))
      .then([call = *this, next](Answer& got) { next(got); },
            [call = *this](caf::error& e) { call.fail(from_caf(e)); });
  }

  /// The same for a change that is durable: no answer in time is no failure.
  template <class Answer, class Handle, class Message, class Next>
  void change(const Handle& whom, Message message, Next next) const {
    self_->request(whom, caf::timespan{limit_}, from_, std::move(message))
      .then([call = *this, next](Answer& got) { next(got); },
            [call = *this](caf::error& e) {
              auto reason = from_caf(e);
              if (reason.code == ec::deadline_exceeded)
                reason = {ec::outcome_unknown,
                          "not confirmed in time: it may have been done"};
              call.fail(reason);
            });
  }

  /// Answers with an error, or goes on with the value.
  template <class T, class Next>
  void with(expected<T> value, Next next) const {
    if (value)
      next(*value);
    else
      fail(value.error());
  }

private:
  session_pointer self_;
  std::shared_ptr<const session_services> services_;
  envelope from_;
  uint64_t id_;
  std::chrono::milliseconds limit_;
  caf::typed_response_promise<v1::Reply> promise_;
};

// The commands, by theme. Each answers its call, now or later.
void carry_out_node_command(const session_call& call,
                            const v1::Request& request);
void carry_out_registry_command(const session_call& call,
                                const v1::Request& request);
void carry_out_registration_command(const session_call& call,
                                    const v1::Request& request);
void carry_out_job_command(const session_call& call,
                           const v1::Request& request);
void carry_out_watch_command(const session_call& call,
                             const v1::Request& request);

/// (Again) asks the bus and the runner for what is watched.
void subscribe(session_pointer self,
               const std::shared_ptr<const session_services>& services);

/// Sends what waits for the window, and reads on what events are behind.
void pump_notices(session_pointer self,
                  const std::shared_ptr<const session_services>& services);

} // namespace trivium::actors
