#pragma once

#include "messages/values/control.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace trivium::actors {

/// Who lives in one actor system: the supervision tree as `actors` and
/// `status` show it. Filled by `enlist`; any thread.
class actor_directory {
public:
  struct entry {
    actor_status status;
    caf::actor_addr address;
  };

  void came(uint64_t id, std::string name, caf::actor_addr address,
            bool is_detached);
  void left(uint64_t id);

  /// Puts an actor, which may not have begun yet, under `parent` (0: nobody)
  /// and, unless empty, calls it `name`.
  void adopt(const caf::strong_actor_ptr& actor, uint64_t parent,
             const std::string& name = {});
  template <class Handle>
  void adopt(const Handle& actor, uint64_t parent,
             const std::string& name = {}) {
    adopt(caf::actor_cast<caf::strong_actor_ptr>(actor), parent, name);
  }

  /// A supervisor's word on itself: whether its child runs, is being restarted
  /// and why.
  void supervised(uint64_t id, const std::string& state, uint64_t restarts,
                  const std::string& last_failure);

  /// Parents before their children.
  [[nodiscard]] std::vector<entry> all() const;
  [[nodiscard]] uint64_t restarts() const;

private:
  mutable std::mutex mutex_;
  std::map<uint64_t, entry> entries_;
};

/// The directory of a system that was made with `actor_config`.
[[nodiscard]] actor_directory& directory_of(caf::actor_system& system);

} // namespace trivium::actors
