#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace trivium {

/// Position in the one order of all commits; 0 = before the first.
using revision = uint64_t;

/// The revision that granted the lease; 0: none.
using lease_id = uint64_t;

/// In a put: the lease that the same transaction grants.
inline constexpr lease_id new_lease = ~lease_id{0};

struct key_value {
  std::string key;
  std::string value;
  revision created = 0;  ///< Revision that made the key (again).
  revision modified = 0; ///< Revision of this value.
  uint64_t version = 0;  ///< 1 for the first value since `created`.
  lease_id lease = 0;    ///< The key goes when this lease does.
};

/// A condition on one key; all of a transaction's must hold.
struct compare {
  enum class what : uint8_t {
    exists,
    absent,
    modified_is,
    value_is,
    created_is,
    /// No key that begins with `key` was made or changed after `modified`; what
    /// was erased does not count. Looks at each that stands; not at events.
    quiet_beneath,
    /// The lease of this key stands, and `modified` keys are attached to it.
    attached_are,
  };
  std::string key;
  what kind = what::exists;
  revision modified = 0; ///< What all but value_is compare.
  std::string value{};   ///< For value_is.
};

struct put {
  std::string key;
  std::string value;
  /// The key gets the commit's own revision appended, as keys::revision_text
  /// writes it: how an event is named in the transaction that causes it.
  bool append_revision = false;
  /// The lease that the key is attached to from here on; 0 detaches it.
  lease_id lease = 0;
};

struct erase {
  std::string key;
};

/// Grants a lease under the commit's own revision, and puts its key
/// (keys::lease). At most one a transaction.
struct grant_lease {
  uint64_t ttl_ms = 0;
};

/// Erases the lease's key and every key that is attached to it, in byte order,
/// after what else the transaction does. Nothing for a lease that is not there.
struct revoke_lease {
  lease_id id = 0;
};

using operation = std::variant<put, erase, grant_lease, revoke_lease>;

/// compare / then / else, all or nothing.
struct transaction {
  std::vector<compare> when;
  std::vector<operation> then;
  std::vector<operation> otherwise;
};

struct commit_result {
  bool succeeded = false; ///< `when` held.
  revision at = 0;        ///< Of this commit; the head when nothing changed.
  lease_id lease = 0;     ///< Granted by it.
  /// A put names a lease that is not there, or over: nothing was applied.
  bool lacks_lease = false;
};

/// One change of one key, as watches and history show it.
struct change {
  key_value after; ///< With an empty value when erased.
  bool is_erase = false;
};

} // namespace trivium
