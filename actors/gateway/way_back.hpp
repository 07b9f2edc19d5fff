#pragma once

#include "actors/gateway/door.hpp"
#include "actors/gateway/session_call.hpp"

#include <caf/send.hpp>

#include <functional>
#include <utility>

namespace trivium::actors {

/// Leads from any thread back to the session of a request.
class way_back {
public:
  explicit way_back(const session_call& call)
    : session_(caf::actor_cast<session_actor>(
      caf::actor_cast<caf::strong_actor_ptr>(call.self()))),
      call_(call) {}

  /// Goes on there.
  void then(std::function<void(const session_call&)> next) const {
    caf::anon_send(
      session_,
      client_task{[call = call_, next = std::move(next)] { next(call); }});
  }

  void answer(v1::Reply reply) const {
    then([reply = std::move(reply)](const session_call& call) {
      call.answer(reply);
    });
  }

private:
  session_actor session_;
  session_call call_;
};

} // namespace trivium::actors
