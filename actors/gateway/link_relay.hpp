#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace trivium::actors {

/// What the door grants; config/settings.hpp has the defaults.
struct link_limits {
  uint32_t max_frame_bytes = uint32_t{2} << 20;
  size_t max_sessions = 256; ///< Links that have greeted.
  size_t max_silent = 64;    ///< Others; a new one displaces the oldest.
  /// Of frames that have not come whole, all links together (but never less
  /// than two frames); beyond it, who has kept one waiting longest is closed.
  size_t max_held_bytes = size_t{16} << 20;
  std::chrono::milliseconds handshake{3000};
  std::chrono::milliseconds idle{30'000};  ///< Without a byte from the client.
  std::chrono::milliseconds stuck{10'000}; ///< With answers that nobody reads.
};

/// Who is at the other end, by SO_PEERCRED.
struct link_peer {
  uid_t uid = 0;
  pid_t pid = 0;
};

using link_id = uint64_t; ///< Never used twice.

/// Called on the relay's thread; must not block.
struct link_events {
  /// A client has greeted. `inner` is the end of a socket pair that CAF shall
  /// get; the callee owns it. Nothing passes until `permit`.
  std::function<void(link_id, int inner, link_peer)> opened;
  /// An opened link is gone.
  std::function<void(link_id, const std::string& why)> closed;
  /// A client that broke a rule, or for whom there is no room. May be unset.
  std::function<void(link_peer, const std::string& why)> refused{};
};

struct relay_figures {
  uint64_t sessions = 0; ///< Now.
  uint64_t accepted = 0; ///< So far, like the others.
  uint64_t refused = 0;  ///< Broke a rule, or came when all was taken.
};

/// The door's one thread: accepts on a Unix socket of mode 0600, holds every
/// client to the frame_filter and the limits, and relays to CAF. A client that
/// sends and does not read is not read from either, and is closed when it stays
/// so. Knows no actor.
class link_relay {
public:
  /// Listens at `socket`, taking the place of what a dead process left there;
  /// who connects waits for `start`. Errors: permission_denied, already_exists
  /// (no socket, or another node's), resource_exhausted.
  [[nodiscard]] static expected<std::unique_ptr<link_relay>>
  open(const std::filesystem::path& socket, const link_limits& limits,
       link_events events);

  /// Ends the thread; closes and removes the socket.
  virtual ~link_relay() = default;

  /// Begins to serve; events come from now on. Once. Error:
  /// resource_exhausted.
  [[nodiscard]] virtual expected<void> start() = 0;

  /// Lets the link's frames pass, messages only to actor `gateway` of `node`
  /// (its id as CAF writes it).
  virtual void permit(link_id link, uint64_t gateway,
                      const std::string& node) = 0;
  virtual void close(link_id link, const std::string& why) = 0;
  /// No more clients; those that are there stay.
  virtual void stop_accepting() = 0;
  [[nodiscard]] virtual relay_figures figures() const = 0;
};

} // namespace trivium::actors
