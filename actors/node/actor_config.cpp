#include "actors/node/actor_config.hpp"

#include "actors/step_types.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/init_global_meta_objects.hpp>

namespace trivium::actors {

actor_config::actor_config() {
  add_message_types<caf::id_block::trivium_wire>();
  add_message_types<caf::id_block::trivium>();
  add_message_types<caf::id_block::trivium_steps>();
  add_error_category(error_category, render_error);
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", 2);
  set("scheduler.max-throughput", 8);
}

} // namespace trivium::actors
