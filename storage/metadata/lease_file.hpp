#pragma once

#include "messages/values/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// When a lease ends, in nanoseconds of uptime.
struct lease_deadline {
  lease_id id = 0;
  uint64_t at_ns = 0;
};

/// The deadlines of leases in a mapped file, so that they outlive the process
/// but cost no write of the disk. docs/formats/metadata.md. Nothing here fails:
/// what cannot be kept (a full disk) costs a lease its exact end after a
/// restart, when it gets its whole ttl again.
class lease_file {
public:
  using slot = uint32_t;
  static constexpr slot no_slot = ~slot{0};

  /// What an earlier process left, by id. Deadlines of another boot that was
  /// closed cleanly go on from `now_ns`; empty where nothing can be told.
  [[nodiscard]] static std::vector<lease_deadline>
  read(const std::filesystem::path& path, const std::string& boot_id,
       uint64_t now_ns);

  /// Touches nothing yet.
  lease_file(std::filesystem::path path, std::string boot_id);
  lease_file(const lease_file&) = delete;
  lease_file& operator=(const lease_file&) = delete;
  ~lease_file();

  /// Replaces the file, synced, by one with these; slot i is deadlines[i]'s.
  /// What an earlier boot left is gone before anything is promised. With none
  /// the file is removed.
  void start(std::span<const lease_deadline> deadlines);

  /// True for a slot that is taken, or was.
  [[nodiscard]] bool holds(slot at) const { return at < used_; }
  /// Takes a slot; no_slot where there is no room.
  [[nodiscard]] slot add(const lease_deadline& deadline);
  /// A few stores into memory.
  void set(slot at, const lease_deadline& deadline);
  void remove(slot at);

  /// Replaces the file, synced, by one that another boot can go on with.
  void close(std::span<const lease_deadline> deadlines, uint64_t now_ns);

private:
  struct stored_slot;

  bool map(size_t capacity);
  bool grow();
  void unmap();
  [[nodiscard]] bool write_anew(std::span<const lease_deadline> deadlines,
                                size_t capacity, uint64_t closed_at_ns) const;
  [[nodiscard]] stored_slot* slots() const;

  std::filesystem::path path_;
  std::string boot_id_;
  uint64_t salt_;
  std::byte* mapping_ = nullptr;
  size_t capacity_ = 0;
  slot used_ = 0; ///< Slots from here on were never taken.
  std::vector<slot> free_;
};

} // namespace trivium::storage
