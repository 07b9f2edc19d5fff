#pragma once

#include "actors/client/callback_queue.hpp"
#include "actors/client/connector.hpp"
#include "actors/client/session.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>

namespace trivium {

/// A session through the actor door: its actor system, its connector and the
/// threads that wait for answers. No CAF type shows.
class actor_session final : public client_session {
public:
  explicit actor_session(client_options options);
  ~actor_session() override;

  [[nodiscard]] expected<subscription>
  watch(wanted_watch wanted, const call_options& options) override;

  [[nodiscard]] node_identity identity() const override;
  void on_connection(std::function<void(connection_change)> heard) override;

protected:
  /// Waits for the first greeting.
  [[nodiscard]] expected<void> connect() override;

  [[nodiscard]] tl::expected<v1::Reply, call_failure>
  attempt(const v1::Request& request, request_kind kind, deadline until,
          const cancel_token& cancel) override;

private:
  struct runtime;

  /// Has it done by the connector, in its thread.
  void post(std::function<void(connector&)> task);
  [[nodiscard]] expected<std::filesystem::path> find_socket() const;
  void end_watch(uint64_t id);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_connected_ = false;
  error last_failure_{ec::unavailable, "no node has answered yet"};
  node_identity identity_;
  std::function<void(connection_change)> heard_;
  callback_queue callbacks_;
  std::unique_ptr<runtime> runtime_;
};

} // namespace trivium
