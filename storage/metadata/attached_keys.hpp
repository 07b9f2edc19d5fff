#pragma once

#include "storage/metadata/image/image_entry.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace trivium::storage {

/// The keys of one lease in byte order, each as it stands. A lease most often
/// has one: that takes no memory of its own.
class attached_keys {
public:
  /// Takes the place of an older entry of the same key.
  void put(entry_ptr entry);
  void erase(std::string_view key);

  [[nodiscard]] std::span<const entry_ptr> all() const;

private:
  entry_ptr only_;                               ///< Null: see many_.
  std::unique_ptr<std::vector<entry_ptr>> many_; ///< Null: at most one.
};

} // namespace trivium::storage
