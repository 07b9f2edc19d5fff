#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of docs/formats/metadata.md: what the store's column families
/// hold. Pure functions; integers are big-endian, so that bytes order as
/// numbers do. Decoders fail with data_loss.
namespace trivium::storage::layout {

/// A store with a higher number was written by a newer build, one with a lower
/// number by none that was released.
inline constexpr uint32_t format_version = 2;

/// Under `value_key`: one value a key had.
struct value_record {
  bool is_erased = false;
  revision created = 0;
  uint64_t version = 0;
  lease_id lease = 0;
  std::string_view value; ///< Into the decoded bytes.

  friend bool operator==(const value_record&, const value_record&) = default;
};

struct changed_key {
  enum class what : char { put = 1, erased = 2, event = 3 };
  what kind = what::put;
  std::string_view key;   ///< Of an event empty: its revision names it.
  std::string_view value; ///< Of an event, which is stored here alone.

  friend bool operator==(const changed_key&, const changed_key&) = default;
};

/// Under `change_key`, in a column family of its own: what one revision did, in
/// the transaction's order. Views are into the decoded bytes.
struct change_record {
  int64_t committed_at = 0; ///< Milliseconds since the Unix epoch.
  std::vector<changed_key> keys;

  friend bool operator==(const change_record&, const change_record&) = default;
};

/// The value of a lease's key.
struct lease_record {
  uint64_t ttl_ms = 0;

  friend bool operator==(const lease_record&, const lease_record&) = default;
};

/// 'v' key 0x00: the prefix of all values of one key.
[[nodiscard]] std::string value_prefix(std::string_view key);
/// 'v' key 0x00 revision
[[nodiscard]] std::string value_key(std::string_view key, revision at);
/// The key within a `value_key`, which `revision_of` has passed.
[[nodiscard]] std::string_view key_of(std::string_view value_key);
/// 0x00 revision: how a `value_key` ends.
[[nodiscard]] std::array<char, 9> value_suffix(revision at);
/// revision
[[nodiscard]] std::string change_key(revision at);

inline constexpr char value_space = 'v';
/// 'm' name
inline constexpr std::string_view format_key = "mformat";
inline constexpr std::string_view head_key = "mhead";
inline constexpr std::string_view compacted_key = "mcompacted";

/// The revision at the end of a value's key, or that is a change's.
[[nodiscard]] expected<revision> revision_of(std::string_view stored_key);

/// A value record up to its value.
[[nodiscard]] std::array<char, 25> encode_head(const value_record& record);
[[nodiscard]] std::string encode(const value_record& record);
[[nodiscard]] std::string encode(const change_record& record);
[[nodiscard]] std::string encode(const lease_record& record);
[[nodiscard]] std::string encode_number(uint64_t number);

[[nodiscard]] expected<value_record> decode_value(std::string_view bytes);
[[nodiscard]] expected<change_record> decode_change(std::string_view bytes);
[[nodiscard]] expected<lease_record> decode_lease(std::string_view bytes);
[[nodiscard]] expected<uint64_t> decode_number(std::string_view bytes);

} // namespace trivium::storage::layout
