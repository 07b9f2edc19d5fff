#include "actors/node/shutdown.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>

#include <thread>

namespace trivium::actors {

namespace {

/// True when `actor` ended before `deadline`.
bool ended_by(caf::scoped_actor& self, const caf::actor& actor,
              std::chrono::steady_clock::time_point deadline) {
  bool is_down = false;
  while (!is_down) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero())
      return false;
    bool is_late = false;
    self->receive(
      [&](const caf::down_msg& gone) {
        is_down = gone.source == actor.address();
      },
      caf::after(std::chrono::duration_cast<caf::timespan>(left)) >>
        [&] { is_late = true; });
    if (is_late)
      return false;
  }
  return true;
}

void stop_each(caf::actor_system& system,
               std::vector<caf::strong_actor_ptr>& order,
               std::chrono::steady_clock::time_point deadline) {
  caf::scoped_actor self{system};
  while (!order.empty()) {
    const auto actor = caf::actor_cast<caf::actor>(order.back());
    order.pop_back();
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    if (!ended_by(self, actor, deadline))
      self->send_exit(actor, caf::exit_reason::kill);
  }
}

} // namespace

bool stop_in_order(caf::actor_system& system,
                   std::vector<caf::strong_actor_ptr>& order,
                   std::chrono::milliseconds grace) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  stop_each(system, order, deadline);
  // Workers end by themselves; one whose thread could never start does not.
  while (system.registry().running() > 0) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

} // namespace trivium::actors
