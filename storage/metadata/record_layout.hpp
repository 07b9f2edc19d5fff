#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of docs/formats/metadata.md: what the store's four key spaces
/// hold. Pure functions; integers are big-endian, so that bytes order as
/// numbers do. Decoders fail with data_loss.
namespace trivium::storage::layout {

/// A store with a higher number was written by a newer build.
inline constexpr uint32_t format_version = 1;

/// Under `index_key`: where a key stands now. Kept when it is erased, for
/// reads at older revisions.
struct index_entry {
  revision created = 0;
  revision modified = 0; ///< Of the value, or of the erasing.
  uint64_t version = 0;  ///< 0 when erased.
  bool is_erased = false;

  friend bool operator==(const index_entry&, const index_entry&) = default;
};

/// Under `value_key`: one value a key had.
struct value_record {
  bool is_erased = false;
  revision created = 0;
  uint64_t version = 0;
  std::string_view value; ///< Into the decoded bytes.

  friend bool operator==(const value_record&, const value_record&) = default;
};

struct changed_key {
  bool is_erased = false;
  std::string key;

  friend bool operator==(const changed_key&, const changed_key&) = default;
};

/// Under `change_key`: what one revision did, in the transaction's order.
struct change_record {
  int64_t committed_at = 0; ///< Milliseconds since the Unix epoch.
  std::vector<changed_key> keys;

  friend bool operator==(const change_record&, const change_record&) = default;
};

/// 'k' key
[[nodiscard]] std::string index_key(std::string_view key);
/// 'v' key 0x00: the prefix of all values of one key.
[[nodiscard]] std::string value_prefix(std::string_view key);
/// 'v' key 0x00 revision
[[nodiscard]] std::string value_key(std::string_view key, revision at);
/// The key within a `value_key`, which `revision_of` has passed.
[[nodiscard]] std::string_view key_of(std::string_view value_key);
/// 'c' revision
[[nodiscard]] std::string change_key(revision at);

inline constexpr char index_space = 'k';
inline constexpr char value_space = 'v';
inline constexpr char change_space = 'c';
/// 'm' name
inline constexpr std::string_view format_key = "mformat";
inline constexpr std::string_view head_key = "mhead";
inline constexpr std::string_view compacted_key = "mcompacted";

/// The revision at the end of a value's or change's key.
[[nodiscard]] expected<revision> revision_of(std::string_view stored_key);

[[nodiscard]] std::string encode(const index_entry& entry);
[[nodiscard]] std::string encode(const value_record& record);
[[nodiscard]] std::string encode(const change_record& record);
[[nodiscard]] std::string encode_number(uint64_t number);

[[nodiscard]] expected<index_entry> decode_index(std::string_view bytes);
[[nodiscard]] expected<value_record> decode_value(std::string_view bytes);
[[nodiscard]] expected<change_record> decode_change(std::string_view bytes);
[[nodiscard]] expected<uint64_t> decode_number(std::string_view bytes);

} // namespace trivium::storage::layout
