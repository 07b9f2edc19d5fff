#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <string>
#include <vector>

/// What every change of a model is made of.
namespace trivium::actors {

/// What a command comes to: the answer, and what must be durable before it is
/// given. `change.then` is empty when nothing needs to be written.
template <class Answer>
struct book_step {
  Answer answer;
  transaction change;
  std::vector<event_record> events;
};

/// A condition that the key is as it was read: absent, or at its revision.
[[nodiscard]] compare unchanged(const std::string& key, revision modified);

[[nodiscard]] event_record event_of(event_kind kind, const model_ref& model,
                                    const semver& version, std::string what,
                                    const envelope& from, unix_ms now);

/// As it is stored: the key gets the commit's revision.
[[nodiscard]] put event_put(const event_record& event);

/// It passed its gate once and may be in use.
[[nodiscard]] inline bool stands(variant_state state) {
  return state == variant_state::verified || state == variant_state::deployed;
}

[[nodiscard]] inline bool is_being_made(variant_state state) {
  return state == variant_state::quantizing
         || state == variant_state::verifying;
}

/// "1.0.0 int8"
[[nodiscard]] std::string variant_name(const variant_record& variant);

/// Logs that it is durable; registrations only in detail, as there may be
/// thousands a second.
void log_event(const envelope& from, const event_record& event, revision at);

template <class Answer>
void add_event(book_step<Answer>& step, event_record event) {
  step.change.then.push_back(event_put(event));
  step.events.push_back(std::move(event));
}

} // namespace trivium::actors
