#pragma once

#include "storage/metadata/metadata_store.hpp"

#include <memory>

namespace trivium::test {

/// Where the stores of one kind live on when they are closed. Every program of
/// this suite links one kind.
class engine {
public:
  virtual ~engine() = default;

  /// The store as it was closed last; a new one the first time.
  [[nodiscard]] virtual std::unique_ptr<storage::metadata_store>
  open(const storage::metadata_options& options) = 0;
};

[[nodiscard]] std::unique_ptr<engine> new_engine();

/// What all others are held against.
[[nodiscard]] std::unique_ptr<engine> new_reference_engine();

} // namespace trivium::test
