#pragma once

#include "actors/client/callback_queue.hpp"
#include "actors/client/client.hpp"
#include "actors/client/connector.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace trivium {

/// What stands behind a client: its actor system, its connector and the
/// threads that wait for answers. No CAF type shows.
class client::session : public std::enable_shared_from_this<client::session> {
public:
  explicit session(client_options options);
  ~session();

  /// Waits for the first greeting.
  [[nodiscard]] expected<void> connect();

  /// Sends and waits.
  [[nodiscard]] expected<v1::Reply> call(v1::Request request, request_kind kind,
                                         const call_options& options);

  [[nodiscard]] expected<subscription>
  watch(v1::Watch wanted, const std::string& name_space, revision next,
        std::function<void(const v1::Notice&)> heard,
        const call_options& options);

  [[nodiscard]] node_identity identity() const;
  void on_connection(std::function<void(connection_change)> heard);
  [[nodiscard]] const client_options& options() const { return options_; }

private:
  struct runtime;

  /// Has it done by the connector, in its thread.
  void post(std::function<void(connector&)> task);
  [[nodiscard]] expected<std::filesystem::path> find_socket() const;
  void end_watch(uint64_t id);

  client_options options_;
  std::atomic<uint64_t> next_id_{1};
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
