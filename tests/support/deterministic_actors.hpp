#pragma once

#include "actors/node/actor_config.hpp"
#include "actors/observability/log.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <optional>
#include <vector>

namespace trivium::test {

struct testing_config : actors::actor_config {
  testing_config() {
    static_cast<void>(actors::start_log({config::log_level::off, {}, {}}));
    set("scheduler.policy", caf::atom("testing"));
  }
};

/// An actor system without threads: nothing runs until the test says so, and
/// time stands still. Spawn detached workers `pooled` here.
class deterministic_actors {
public:
  ~deterministic_actors() {
    for (auto it = kept_.rbegin(); it != kept_.rend(); ++it)
      self->send_exit(caf::actor_cast<caf::actor>(*it),
                      caf::exit_reason::user_shutdown);
    schedule().run();
  }

  caf::scheduler::test_coordinator& schedule() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  /// Ends the actor with the fixture.
  template <class Handle>
  Handle keep(Handle actor) {
    kept_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  /// Asks and runs everything until the answer is there.
  template <class Answer, class Handle, class... Ts>
  expected<Answer> ask(const Handle& whom, const Ts&... message) {
    std::optional<expected<Answer>> result;
    auto request = self->request(whom, caf::infinite, message...);
    schedule().run();
    request.receive([&](Answer& answer) { result.emplace(std::move(answer)); },
                    [&](caf::error& e) { result.emplace(fail(from_caf(e))); });
    return std::move(*result);
  }

  testing_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};

private:
  std::vector<caf::strong_actor_ptr> kept_;
};

} // namespace trivium::test
