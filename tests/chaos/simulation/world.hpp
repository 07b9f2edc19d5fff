#pragma once

#include "messages/interfaces/actors.hpp"
#include "tests/chaos/simulation/faulty_store.hpp"
#include "tests/chaos/simulation/operation.hpp"
#include "tests/support/deterministic_actors.hpp"

#include <array>
#include <deque>
#include <memory>
#include <vector>

namespace trivium::test {

/// What a node supervises here.
enum class role : uint8_t { bus, writer, registry, registrar, leases };
inline constexpr size_t roles = 5;

/// The registry's actors and their clients on one thread, with time that
/// passes when told to and an order of messages that the seed decides.
class world : public deterministic_actors {
public:
  explicit world(random_source& random);
  ~world();

  /// From one of the clients, once that one runs.
  void begin(const std::shared_ptr<operation>& call);

  /// Handles one message of those that wait, any of them. False: none does.
  bool step();
  void run_all();
  void pass(std::chrono::milliseconds time);
  /// So long that whatever is under way comes to its end.
  void settle(std::chrono::milliseconds time);

  void keep_alive(lease_id lease);
  void kill(role whom);
  /// All actors end at once and begin anew on what the store holds.
  void restart();

  [[nodiscard]] faulty_store& store() { return *store_; }
  [[nodiscard]] const reference_state& state() const { return *state_; }

  std::vector<std::shared_ptr<operation>> calls;
  std::vector<kept_alive> keepings;
  revision heard = 0;  ///< The last head that the bus told.
  bool is_calm = true; ///< Nothing was made to fail.

private:
  using starter = std::function<caf::actor(caf::event_based_actor*)>;

  void start();
  void end();
  caf::actor supervise(role which, starter start);
  void spawn_client(size_t index);
  void send(caf::event_based_actor* client,
            const std::shared_ptr<operation>& call);

  template <class Handle>
  [[nodiscard]] Handle front(role which) const {
    return caf::actor_cast<Handle>(fronts_.at(static_cast<size_t>(which)));
  }

  static constexpr size_t clients = 4;

  random_source& random_;
  uint64_t uptime_ns_ = 1'000'000'000;
  std::shared_ptr<reference_state> state_ = std::make_shared<reference_state>();
  std::shared_ptr<faulty_store> store_;
  std::array<caf::actor, roles> fronts_;
  std::array<caf::actor, roles> children_;
  event_listener_actor listener_;
  std::vector<caf::actor> clients_;
  std::array<std::deque<std::shared_ptr<operation>>, clients> waiting_;
};

} // namespace trivium::test
