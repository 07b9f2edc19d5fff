#pragma once

#include "messages/values/backup.hpp"
#include "messages/values/control.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"
#include "messages/values/registrations.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trivium {

class client_session;

/// How to find a node and how long to wait for it.
struct client_options {
  /// The store whose node is wanted: its door is named in STORE/node.json.
  std::filesystem::path store;
  /// Where the node is, if that is known; else from `store`. The path of its
  /// door (a Unix socket); or grpc://HOST:PORT, which has the registry alone,
  /// or grpc:// for the gRPC door that STORE/node.json names.
  std::string address;
  std::string name_space = "default";  ///< Tenant that requests are for.
  std::string name = "trivium client"; ///< What the node's log calls us.
  /// For the first connection; 0: one try.
  std::chrono::milliseconds connect_limit{5000};
  /// Answers that `get` remembers.
  size_t cached_versions = 4096;
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
/// connection is made again (after a random wait below 50 ms, doubling, at most
/// 2 s) and watches go on where they stopped: events without gap or repetition,
/// jobs with their present state.
///
/// A call is tried again up to three times within its limit, after waits of the
/// same kind: when its connection breaks before the answer or the node is
/// unavailable, unless it is a change that may have been made; when the node
/// has no room and says when to come back.
///
/// Errors of every call, beside its own: unavailable (no connection within the
/// limit), deadline_exceeded, cancelled, outcome_unknown (the connection broke,
/// or the limit passed, after a change was sent), resource_exhausted,
/// unsupported (a node too old for the command, or a transport that has it
/// not), internal.
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

  /// Called on a thread of the client's at every loss and return. Over gRPC
  /// never: its watches and calls tell.
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

  /// Copies the metadata store to a new or empty folder of the node's machine;
  /// `heard` gets how far it is, on this thread. Errors: already_exists,
  /// not_found (no such parent), resource_exhausted (no room, or another backup
  /// is under way).
  [[nodiscard]] expected<backup_summary>
  back_up(const std::string& folder,
          const std::function<void(const backup_progress&)>& heard = {},
          const call_options& = {});

  // Registrations: models by where their bytes are.
  /// Durable when it is answered. Where `what` has no idempotency key, one is
  /// made up, so that a repetition is told from another registration. Errors:
  /// invalid_argument, already_exists (the key was used for another request),
  /// not_found (the lease to share).
  [[nodiscard]] expected<model_registered>
  register_model(const trivium::register_model& what, const call_options& = {});
  /// `cached`: an answer of this client's own memory where there is one, at
  /// most 60 s old, less where a watch has told of a change. Errors: not_found,
  /// compacted.
  [[nodiscard]] expected<registered_version> get(const version_query& which,
                                                 const call_options& = {});
  [[nodiscard]] expected<registration_list>
  registrations(const registration_query& which, const call_options& = {});
  /// Errors: not_found, failed_precondition (an alias points there).
  [[nodiscard]] expected<model_deleted>
  delete_model(const trivium::delete_model& what, const call_options& = {});
  /// Of an alias that is not guarded. Errors: not_found, conflict,
  /// failed_precondition (`production`: promote and roll_back move it).
  [[nodiscard]] expected<promoted> set_alias(const alias_setting& what,
                                             const call_options& = {});
  [[nodiscard]] expected<alias_deleted>
  delete_alias(const trivium::delete_alias& what, const call_options& = {});

  // Leases, which registrations can share.
  [[nodiscard]] expected<lease_status> grant_lease(std::chrono::seconds ttl,
                                                   const call_options& = {});
  /// Gives it its whole time again; `is_over` where it has none.
  [[nodiscard]] expected<lease_status> keep_alive(lease_id lease,
                                                  const call_options& = {});
  [[nodiscard]] expected<lease_ended> revoke_lease(lease_id lease,
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
  /// Events in revision order, each once. `ended` is called when no more come,
  /// as its last: compacted (this client was away, or slow, for longer than
  /// the node keeps events).
  [[nodiscard]] expected<subscription> watch_events(
    const event_query& what, std::function<void(const event_record&)> heard,
    std::function<void(const error&)> ended = {}, const call_options& = {});
  /// Each change of one job (or of all, for an empty id), the newest state when
  /// they come faster than they are taken.
  [[nodiscard]] expected<subscription>
  watch_jobs(const std::string& id,
             std::function<void(const job_status&)> heard,
             const call_options& = {});

private:
  explicit client(std::shared_ptr<client_session> session);
  std::shared_ptr<client_session> session_;
};

} // namespace trivium
