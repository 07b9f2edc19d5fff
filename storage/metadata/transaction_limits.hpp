#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trivium::storage {

inline constexpr size_t max_key_bytes = 4096;
inline constexpr size_t max_value_bytes = size_t{1} << 20;
/// Comparisons and operations of both branches together.
inline constexpr size_t max_transaction_steps = 4096;
/// 9 thousand million seconds, etcd's limit.
inline constexpr uint64_t max_lease_ttl_ms = 9'000'000'000'000;
inline constexpr uint64_t max_transaction_bytes = uint64_t{16} << 20;
inline constexpr uint64_t max_commit_bytes = uint64_t{64} << 20;

/// 1 to 4096 bytes without 0x00, which ends a key on disk.
/// Error: invalid_argument.
[[nodiscard]] expected<void> check_key(std::string_view key);

/// What `commit` refuses whatever the store holds: a bad key, too large a value
/// or transaction, one branch changing a key twice, events and leases other
/// than by `append_revision` and by grants. The writer checks each transaction
/// on its own, so that one bad one does not fail its batch. Gives the bytes of
/// its keys and values. Error: invalid_argument.
[[nodiscard]] expected<uint64_t> check_transaction(const transaction& txn);

} // namespace trivium::storage
