#pragma once

#include "messages/values/transaction.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trivium {

/// A backup of a metadata store, made or restored.
struct backup_summary {
  std::string folder; ///< That holds it; of a restored one, the store's.
  revision head = 0;
  int64_t made_at_ms = 0; ///< Milliseconds since the Unix epoch.
  uint64_t files = 0;
  uint64_t bytes = 0;
};

/// How far a backup is that a node makes.
struct backup_progress {
  bool is_running = false;
  uint64_t done = 0;
  uint64_t total = 0; ///< Bytes; 0: not known yet.
};

/// What a check of a store or a backup looked at and found.
struct store_check {
  std::string folder;
  bool is_backup = false;
  revision head = 0;
  std::vector<std::string> looked_at;
  std::vector<std::string> findings; ///< The first hundred.
  uint64_t found = 0;                ///< All of them.
  std::vector<std::string> missing;  ///< Blobs, by their SHA-256; also such.
  uint64_t missing_blobs = 0;

  [[nodiscard]] bool is_whole() const {
    return found == 0 && missing_blobs == 0;
  }
};

} // namespace trivium
