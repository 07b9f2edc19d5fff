#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace trivium::storage {

/// How somebody watches and ends work that takes a while.
struct long_work {
  /// So much of so much; bytes, or what the work counts in. May be empty.
  std::function<void(uint64_t done, uint64_t all)> report;
  cancel_token cancel;

  /// Error: cancelled. `path` for its text.
  [[nodiscard]] expected<void> go_on(uint64_t done, uint64_t all,
                                     const std::filesystem::path& path) const;
};

} // namespace trivium::storage
