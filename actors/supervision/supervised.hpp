#pragma once

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace trivium::actors {

/// How a supervised actor is made, again and again.
struct child_spec {
  std::string name;
  /// Called in the supervisor; may throw, which counts as a crash.
  std::function<caf::actor(caf::event_based_actor*)> start;
  std::chrono::milliseconds first_delay{100}; ///< Before the first restart;
  std::chrono::milliseconds longest_delay{30'000}; ///< doubled up to this.
  std::chrono::milliseconds steady_after{60'000};  ///< Then it begins anew.
};

struct supervised_state {
  static inline constexpr const char* name = "supervised";
  caf::actor child;
  uint64_t restarts = 0;
  uint64_t generation = 0; ///< Of the restart that is waited for.
  std::chrono::milliseconds delay{0};
  std::chrono::steady_clock::time_point started{};
  std::string last_failure;
  bool is_stopping = false;

  supervised_state() = default; // no aggregate: CAF would make itself its child
};

/// Stands for its child under one handle that outlives any crash: passes every
/// message on, watches the child, starts another with back-off when it ends,
/// and answers `unavailable` meanwhile. Ends when told to, after its child.
/// Supervision is by monitor: links would pass a `kill` on.
caf::behavior supervised(caf::stateful_actor<supervised_state>* self,
                         child_spec spec);

} // namespace trivium::actors
