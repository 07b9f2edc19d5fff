#include "messages/values/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace trivium {

struct sha256_hasher::context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();

  context() { restart(); }
  ~context() { EVP_MD_CTX_free(md); }
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  void restart() const {
    // Fails only without memory or in a broken OpenSSL installation.
    if (md == nullptr || EVP_DigestInit_ex(md, EVP_sha256(), nullptr) != 1)
      throw std::bad_alloc{};
  }
};

sha256_hasher::sha256_hasher() : context_(std::make_unique<context>()) {}
sha256_hasher::~sha256_hasher() = default;
sha256_hasher::sha256_hasher(sha256_hasher&&) noexcept = default;
sha256_hasher& sha256_hasher::operator=(sha256_hasher&&) noexcept = default;

void sha256_hasher::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(context_->md, bytes.data(), bytes.size());
}

digest sha256_hasher::finish() {
  std::array<uint8_t, digest::size_bytes> bytes{};
  EVP_DigestFinal_ex(context_->md, bytes.data(), nullptr);
  context_->restart();
  return digest{bytes};
}

digest sha256(std::string_view bytes) {
  sha256_hasher hasher;
  hasher.update(std::as_bytes(std::span{bytes}));
  return hasher.finish();
}

} // namespace trivium
