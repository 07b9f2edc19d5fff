#pragma once

#include "messages/values/control.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trivium {

/// How to find a node and how long to wait for it.
struct client_options {
  /// The store whose node is wanted: its door is named in STORE/node.json.
  std::filesystem::path store;
  /// The door itself (a Unix socket) where it is known; else from `store`.
  std::filesystem::path socket;
  std::string name_space = "default";  ///< Tenant that requests are for.
  std::string name = "trivium client"; ///< What the node's log calls us.
  /// For the first connection; 0: one try.
  std::chrono::milliseconds connect_limit{5000};
};

/// Of one call. Every call ends within `limit`, connected or not.
struct call_options {
  std::chrono::milliseconds limit{30'000};
  cancel_token cancel; ///< Set it from any thread; the node stops the work.
};

/// What happened to the connection.
enum class connection_change : uint8_t { lost = 0, restored };

/// A watch; destroying it ends it. Its callback runs on a thread of the
/// client's, one call at a time, never after the destructor returned; what it
/// does there keeps the others waiting. It must not destroy the client.
class subscription {
public:
  subscription() = default;
  explicit subscription(std::shared_ptr<void> held) : held_(std::move(held)) {}
  void reset() { held_.reset(); }
  [[nodiscard]] explicit operator bool() const { return held_ != nullptr; }

private:
  std::shared_ptr<void> held_;
};

/// A session with a node: typed calls that wait, from any thread. A lost
/// connection is made again with back-off (50 ms, doubling, at most 2 s) and
/// watches go on where they stopped: events without gap or repetition, jobs
/// with their present state.
///
/// Errors of every call, beside its own: unavailable (no connection within the
/// limit; a read that lost its connection is asked again), deadline_exceeded,
/// cancelled, outcome_unknown (the connection broke, or the limit passed, after
/// a change was sent), unsupported (a node too old for the command), internal.
class client {
public:
  /// Errors: not_found (no node.json: nothing serves that store), unavailable,
  /// permission_denied (the door belongs to somebody else).
  [[nodiscard]] static expected<std::unique_ptr<client>>
  connect(const client_options& options);

  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// The node as it said at the last (re)connection.
  [[nodiscard]] node_identity node() const;

  /// Called on a thread of the client's at every loss and return.
  void on_connection(std::function<void(connection_change)> heard);

  // The node.
  [[nodiscard]] expected<node_status> status(const call_options& = {});
  [[nodiscard]] expected<std::vector<actor_status>>
  actors(const call_options& = {});
  [[nodiscard]] expected<void> set_log_level(const std::string& level,
                                             const call_options& = {});

  // The registry.
  [[nodiscard]] expected<model_list> models(const std::string& prefix = {},
                                            uint32_t limit = 0,
                                            const call_options& = {});
  [[nodiscard]] expected<model_details> model(const model_ref& which,
                                              const call_options& = {});
  /// `alias` empty: everything about the model.
  [[nodiscard]] expected<history_list> history(const model_ref& which,
                                               const std::string& alias = {},
                                               uint32_t limit = 0,
                                               const call_options& = {});
  [[nodiscard]] expected<std::vector<lineage_entry>>
  lineage(const lineage_query& what, const call_options& = {});
  [[nodiscard]] expected<resolved_artifact> resolve(const alias_ref& alias,
                                                    const call_options& = {});
  /// Has every blob of the artifact brought into the node's store.
  [[nodiscard]] expected<void> ensure(const digest& artifact,
                                      const call_options& = {});
  [[nodiscard]] expected<promoted> promote(const promotion& what,
                                           const call_options& = {});
  [[nodiscard]] expected<promoted> roll_back(const rollback& what,
                                             const call_options& = {});
  [[nodiscard]] expected<collected_garbage>
  collect_garbage(std::chrono::seconds keep_for, bool dry_run,
                  const call_options& = {});

  // Jobs. Submitting answers at once with the job's id.
  [[nodiscard]] expected<std::string> submit(const job_request& request,
                                             const call_options& = {});
  [[nodiscard]] expected<std::vector<job_status>>
  jobs(uint32_t limit = 0, const call_options& = {});
  [[nodiscard]] expected<job_details> job(const std::string& id,
                                          const call_options& = {});
  [[nodiscard]] expected<void> cancel_job(const std::string& id,
                                          const call_options& = {});
  /// Waits until the job ended, however long that takes and however often the
  /// connection breaks meanwhile, but for no node that is away for 60 s;
  /// `heard` gets its progress. Setting `cancel` cancels the job.
  [[nodiscard]] expected<job_details>
  await_job(const std::string& id,
            const std::function<void(const job_status&)>& heard = {},
            const cancel_token& cancel = {});
  [[nodiscard]] expected<golden_report> golden(const golden_request& what,
                                               const call_options& = {});

  // Watches.
  /// Every event of the namespace (or of one model) from revision `from` on; 0:
  /// from now on. In revision order, each once.
  [[nodiscard]] expected<subscription>
  watch_events(revision from, const std::string& model,
               std::function<void(const event_record&)> heard,
               const call_options& = {});
  /// Each change of one job (or of all, for an empty id), the newest state when
  /// they come faster than they are taken.
  [[nodiscard]] expected<subscription>
  watch_jobs(const std::string& id,
             std::function<void(const job_status&)> heard,
             const call_options& = {});

private:
  class session;
  explicit client(std::shared_ptr<session> session);
  std::shared_ptr<session> session_;
};

} // namespace trivium
