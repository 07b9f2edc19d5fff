#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace trivium {

/// Position in the one order of all commits; 0 = before the first.
using revision = uint64_t;

struct key_value {
  std::string key;
  std::string value;
  revision created = 0;  ///< Revision that made the key (again).
  revision modified = 0; ///< Revision of this value.
  uint64_t version = 0;  ///< 1 for the first value since `created`.
};

/// A condition on one key; all of a transaction's must hold.
struct compare {
  enum class what : uint8_t { exists, absent, modified_is, value_is };
  std::string key;
  what kind = what::exists;
  revision modified = 0; ///< For modified_is.
  std::string value{};   ///< For value_is.
};

struct put {
  std::string key;
  std::string value;
  /// The key gets the commit's own revision appended, as keys::revision_text
  /// writes it: how an event is named in the transaction that causes it.
  bool append_revision = false;
};

struct erase {
  std::string key;
};

using operation = std::variant<put, erase>;

/// compare / then / else, all or nothing.
struct transaction {
  std::vector<compare> when;
  std::vector<operation> then;
  std::vector<operation> otherwise;
};

struct commit_result {
  bool succeeded = false; ///< `when` held.
  revision at = 0;        ///< Of this commit; the head when nothing changed.
};

/// One change of one key, as watches and history show it.
struct change {
  key_value after; ///< With an empty value when erased.
  bool is_erase = false;
};

} // namespace trivium
