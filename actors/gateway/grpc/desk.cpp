#include "actors/gateway/grpc/desk.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"

namespace trivium::actors {

caf::behavior desk(caf::event_based_actor* self) {
  enlist(self);
  return {[self](const desk_task& task) {
    try {
      task.run(self);
    } catch (...) { // its call is answered when the task goes
      log_error(envelope{}, "a task of a door failed",
                {{"reason", error_of(std::current_exception()).text}});
    }
  }};
}

} // namespace trivium::actors
