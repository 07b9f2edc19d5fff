#include "actors/supervision/supervised.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_view.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using pointer = caf::stateful_actor<supervised_state>*;

void tell(pointer self, const std::string& state) {
  auto& directory = directory_of(self->system());
  directory.supervised(self->id(), state, self->state.restarts,
                       self->state.last_failure);
}

void wait_and_restart(pointer self, const child_spec& spec) {
  auto& state = self->state;
  const auto was_steady =
    self->clock().now() - state.started > spec.steady_after;
  state.delay = state.delay.count() == 0 || was_steady
                  ? spec.first_delay
                  : std::min(state.delay * 2, spec.longest_delay);
  log_error(envelope{}, "a supervised actor ended",
            {{"actor", spec.name},
             {"reason", state.last_failure},
             {"restart_in_ms", std::to_string(state.delay.count())}});
  tell(self, "restarting");
  self->delayed_send(self, state.delay, op::tick_v, ++state.generation);
}

void child_ended(pointer self, const child_spec& spec, const error& reason) {
  ++self->state.restarts;
  self->state.last_failure = reason.text;
  wait_and_restart(self, spec);
}

void start_child(pointer self, const child_spec& spec) {
  auto& state = self->state;
  state.started = self->clock().now();
  try {
    state.child = spec.start(self);
  } catch (...) {
    return child_ended(self, spec, error_of(std::current_exception()));
  }
  self->monitor(state.child);
  directory_of(self->system()).adopt(state.child, self->id());
  tell(self, "running");
}

/// Hands the message being handled to the child; its answer goes straight to
/// who asked.
caf::result<caf::message> pass_on(pointer self, const child_spec& spec,
                                  caf::message_view& x) {
  auto content = x.move_content_to_message();
  if (content.match_elements<op::probe>())
    return caf::make_message(static_cast<uint64_t>(self->mailbox().size()));
  auto* const element = self->current_mailbox_element();
  if (!self->state.child) {
    // To one who did not ask, an error would be a message that ends him.
    if (!element->mid.is_request())
      return caf::message{};
    return to_caf({ec::unavailable, spec.name + " is being restarted"});
  }
  self->state.child->enqueue(
    caf::make_mailbox_element(std::move(element->sender), element->mid,
                              std::move(element->stages), std::move(content)),
    self->context());
  return caf::delegated<caf::message>{};
}

} // namespace

caf::behavior supervised(pointer self, child_spec spec) {
  enlist(self);
  directory_of(self->system())
    .adopt(caf::actor_cast<caf::strong_actor_ptr>(self), 0, spec.name);
  const auto shared = std::make_shared<const child_spec>(std::move(spec));
  self->set_default_handler([=](caf::scheduled_actor*, caf::message_view& x) {
    return pass_on(self, *shared, x);
  });
  self->set_down_handler([=](const caf::down_msg& gone) {
    auto& state = self->state;
    if (!state.child || state.child.address() != gone.source)
      return;
    state.child = nullptr;
    if (state.is_stopping)
      return self->quit(caf::exit_reason::user_shutdown);
    child_ended(self, *shared, from_caf(gone.reason));
  });
  self->set_exit_handler([=](const caf::exit_msg& message) {
    auto& state = self->state;
    state.is_stopping = true;
    if (!state.child)
      return self->quit(message.reason);
    self->send_exit(state.child, message.reason);
  });
  start_child(self, *shared);
  return {[=](op::tick, uint64_t generation) {
    auto& state = self->state;
    if (generation == state.generation && !state.child && !state.is_stopping)
      start_child(self, *shared);
  }};
}

} // namespace trivium::actors
