#pragma once

#include "messages/values/ec.hpp"
#include "storage/metadata/attached_keys.hpp"
#include "storage/metadata/image/image.hpp"
#include "storage/metadata/lease_file.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <boost/intrusive/set.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// What a commit did to leases, in its order.
struct lease_step {
  enum class what : uint8_t { grant, attach, detach, revoke };
  what kind = what::grant;
  lease_id id = 0;
  uint64_t ttl_ms = 0; ///< Of a grant.
  entry_ptr key{};     ///< To attach, or detach.
};

/// The leases that stand: how long each has left and what is attached to it.
/// Commits feed it; any thread asks it, and keeps leases alive. Deadlines are
/// kept in a lease_file as well.
class lease_table {
public:
  using clock = std::function<uint64_t()>;

  /// The leases of an image, with the time that `path` says they have left, or
  /// else their whole ttl. Error: data_loss (a record that is damaged, a key of
  /// a lease that is not there).
  [[nodiscard]] static expected<std::unique_ptr<lease_table>>
  load(const image& now, const std::filesystem::path& path,
       const std::string& boot_id, clock uptime_ns);

  lease_table(const lease_table&) = delete;
  lease_table& operator=(const lease_table&) = delete;
  /// Closes the file cleanly, unless loading failed.
  ~lease_table();

  /// For the thread that commits, once a commit is durable. A lease's time
  /// begins here.
  void apply(std::span<const lease_step> steps);

  /// False for one that is not there, and for one whose deadline has passed.
  [[nodiscard]] bool is_alive(lease_id id) const;
  /// In byte order; empty for a lease that is not there.
  [[nodiscard]] std::vector<entry_ptr> keys(lease_id id) const;

  /// These as metadata_store's functions of the same names.
  [[nodiscard]] expected<lease_state> lease(lease_id id) const;
  [[nodiscard]] std::chrono::milliseconds remaining(lease_id id) const;
  [[nodiscard]] expected<uint64_t> keep_alive(lease_id id);
  [[nodiscard]] std::vector<lease_id> expired(size_t limit) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> next_deadline() const;

private:
  using hook =
    boost::intrusive::set_member_hook<boost::intrusive::optimize_size<true>>;

  struct entry {
    hook by_id;
    hook by_deadline;
    lease_id id = 0;
    uint64_t ttl_ms = 0;
    uint64_t deadline_ns = 0; ///< Of uptime; over from then on.
    attached_keys keys;
    lease_file::slot slot = lease_file::no_slot;
  };
  struct id_of {
    using type = lease_id;
    const type& operator()(const entry& one) const { return one.id; }
  };
  struct sooner {
    bool operator()(const entry& a, const entry& b) const {
      return a.deadline_ns < b.deadline_ns
             || (a.deadline_ns == b.deadline_ns && a.id < b.id);
    }
  };
  // Both orders hold the same entries, which by_id_ owns: 112 bytes each.
  using entries_by_id = boost::intrusive::set<
    entry, boost::intrusive::member_hook<entry, hook, &entry::by_id>,
    boost::intrusive::key_of_value<id_of>>;
  using entries_by_deadline = boost::intrusive::set<
    entry, boost::intrusive::member_hook<entry, hook, &entry::by_deadline>,
    boost::intrusive::compare<sooner>>;

  lease_table(const std::filesystem::path& path, const std::string& boot_id,
              clock uptime_ns);

  /// What an image holds on leases, in byte order of keys.
  [[nodiscard]] expected<void> attach(std::vector<const image_entry*> attached);
  entry& add(lease_id id, uint64_t ttl_ms, uint64_t deadline_ns);
  void apply(const lease_step& step, uint64_t now_ns);
  void remove(lease_id id);
  [[nodiscard]] std::vector<lease_deadline> deadlines() const;

  clock uptime_ns_;
  mutable std::mutex mutex_; ///< Of all below.
  lease_file file_;
  entries_by_id by_id_;
  entries_by_deadline by_deadline_;
  bool is_loaded_ = false;
};

} // namespace trivium::storage
