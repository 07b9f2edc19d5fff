#include "actors/observability/actor_directory.hpp"

#include "actors/node/actor_config.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>

namespace trivium::actors {

void actor_directory::came(uint64_t id, std::string name,
                           caf::actor_addr address, bool is_detached) {
  const std::lock_guard hold{mutex_};
  auto& made = entries_[id];
  made.status.id = id;
  if (made.status.name.empty())
    made.status.name = std::move(name);
  made.status.state = "running";
  made.status.is_detached = is_detached;
  made.address = std::move(address);
}

void actor_directory::left(uint64_t id) {
  const std::lock_guard hold{mutex_};
  entries_.erase(id);
}

void actor_directory::adopt(const caf::strong_actor_ptr& actor, uint64_t parent,
                            const std::string& name) {
  {
    const std::lock_guard hold{mutex_};
    auto& known = entries_[actor->id()];
    known.status.id = actor->id();
    known.status.parent = parent;
    known.address = caf::actor_cast<caf::actor_addr>(actor);
    if (known.status.state.empty())
      known.status.state = "running";
    if (!name.empty())
      known.status.name = name;
  }
  // Called at once for one that has ended already.
  actor->get()->attach_functor(
    [this, id = actor->id()](const caf::error&) { left(id); });
}

void actor_directory::supervised(uint64_t id, const std::string& state,
                                 uint64_t restarts,
                                 const std::string& last_failure) {
  const std::lock_guard hold{mutex_};
  const auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  auto& status = found->second.status;
  status.state = state;
  status.restarts = restarts;
  status.last_failure = last_failure;
}

std::vector<actor_directory::entry> actor_directory::all() const {
  std::vector<entry> found;
  {
    const std::lock_guard hold{mutex_};
    found.reserve(entries_.size());
    for (const auto& [id, one] : entries_)
      found.push_back(one);
  }
  // Depth first from those whose parent is not here.
  std::multimap<uint64_t, size_t> children;
  std::vector<size_t> open;
  for (size_t i = 0; i < found.size(); ++i) {
    const auto parent = found[i].status.parent;
    const auto is_known =
      parent != found[i].status.id
      && std::any_of(found.begin(), found.end(), [&](const entry& other) {
           return other.status.id == parent;
         });
    if (is_known)
      children.emplace(parent, i);
    else
      open.push_back(i);
  }
  std::reverse(open.begin(), open.end());
  std::vector<entry> ordered;
  ordered.reserve(found.size());
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(found[at].status.id);
    std::vector<size_t> below;
    for (auto it = first; it != last; ++it)
      below.push_back(it->second);
    open.insert(open.end(), below.rbegin(), below.rend());
    ordered.push_back(std::move(found[at]));
  }
  return ordered;
}

uint64_t actor_directory::restarts() const {
  const std::lock_guard hold{mutex_};
  uint64_t sum = 0;
  for (const auto& [id, one] : entries_)
    sum += one.status.restarts;
  return sum;
}

actor_directory& directory_of(caf::actor_system& system) {
  return *dynamic_cast<const actor_config&>(system.config()).directory;
}

} // namespace trivium::actors
