#pragma once

#include "messages/values/digest.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace trivium {

/// SHA-256 over bytes that arrive in pieces (OpenSSL).
class sha256_hasher {
public:
  sha256_hasher();
  ~sha256_hasher();
  sha256_hasher(sha256_hasher&&) noexcept;
  sha256_hasher& operator=(sha256_hasher&&) noexcept;

  void update(std::span<const std::byte> bytes);

  /// The digest of all bytes so far; the hasher starts over.
  [[nodiscard]] digest finish();

private:
  struct context;
  std::unique_ptr<context> context_;
};

[[nodiscard]] digest sha256(std::string_view bytes);

} // namespace trivium
