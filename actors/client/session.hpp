#pragma once

#include "actors/client/backoff.hpp"
#include "actors/client/callback_queue.hpp"
#include "actors/client/client.hpp"
#include "actors/client/version_cache.hpp"

#include "trivium/v1/control.pb.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace trivium {

using deadline = std::chrono::steady_clock::time_point;

/// A watch as a client wants it.
struct wanted_watch {
  v1::Watch what;
  std::string name_space; ///< Empty: the client's.
  std::function<void(const v1::Notice&)> heard;
  std::function<void(const error&)> ended; ///< Nothing comes any more.
  /// `heard` and `ended` neither block nor call the client: they need no thread
  /// of their own.
  bool is_quick = false;
};

/// What stands behind a client, whatever the transport: tries calls again,
/// remembers answers. control.proto is the common tongue; a transport
/// translates.
class client_session : public std::enable_shared_from_this<client_session> {
public:
  /// The transport that the options ask for, connected. Errors: those of
  /// client::connect.
  [[nodiscard]] static expected<std::shared_ptr<client_session>>
  open(const client_options& options);

  virtual ~client_session() = default;
  client_session(const client_session&) = delete;
  client_session& operator=(const client_session&) = delete;

  /// Sends and waits; again where that may help and time is left.
  [[nodiscard]] expected<v1::Reply> call(v1::Request request, request_kind kind,
                                         const call_options& options);

  /// From the cache, where there is an answer that still holds.
  [[nodiscard]] expected<registered_version> get(const version_query& query,
                                                 const call_options& options);

  /// This client has changed the model: what it remembers is void.
  void changed(const model_ref& model) { cache_.forget(model); }

  /// Waits until it has begun.
  [[nodiscard]] virtual expected<subscription>
  watch(wanted_watch wanted, const call_options& options) = 0;

  [[nodiscard]] virtual node_identity identity() const = 0;
  virtual void on_connection(std::function<void(connection_change)> heard) = 0;

  [[nodiscard]] const client_options& options() const { return options_; }

protected:
  explicit client_session(client_options options);

  [[nodiscard]] virtual expected<void> connect() = 0;

  /// One try. A connection that is lost before the answer is `unavailable`, or
  /// outcome_unknown for a change.
  [[nodiscard]] virtual tl::expected<v1::Reply, call_failure>
  attempt(const v1::Request& request, request_kind kind, deadline until,
          const cancel_token& cancel) = 0;

  [[nodiscard]] uint64_t next_id() { return next_id_++; }

private:
  [[nodiscard]] expected<registered_version> read(const version_query& query,
                                                  const call_options& options);
  /// True while changes of the namespace void what is remembered of it.
  [[nodiscard]] bool hears_of(const std::string& name_space,
                              const call_options& options);

  client_options options_;
  std::atomic<uint64_t> next_id_{1};
  version_cache cache_;
  std::mutex watching_;
  struct invalidation {
    subscription watch;
    std::shared_ptr<std::atomic<bool>> is_over;
  };
  std::map<std::string, invalidation> invalidations_; ///< By namespace.
};

} // namespace trivium
