#pragma once

#include "messages/values/ec.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trivium {

enum class storage_scheme : uint8_t { file = 0, s3 };

/// "file", "s3"
[[nodiscard]] std::string_view to_string(storage_scheme scheme);

/// The longest text of a storage URI, in bytes, as it comes and in its
/// canonical form. An S3 key, of at most 1,024 bytes, is thereby shorter.
inline constexpr size_t max_storage_uri_bytes = 1024;

/// Where an artifact comes from: `file:///abs/path` or `s3://bucket/key`. The
/// text is parsed and percent-decoded once; what follows works with the parts.
/// Default-constructed: unset, as `is_set()` says.
class storage_uri {
public:
  storage_uri() = default;

  /// Schemes are `file` and `s3`, in these letters; there is no userinfo, port,
  /// query or fragment. Of a path, after decoding: valid UTF-8 without control
  /// characters or backslashes, no segment empty, "." or "..". Not one of
  /// % / \ ? # may come in encoded: so a decoded path means the same to whoever
  /// decodes it again or takes it for a part of a URI. A `file` names no host;
  /// a bucket keeps to the rules of AWS (3–63 bytes of lower-case letters,
  /// digits,
  /// '.' and '-', letters or digits at both ends, no "..", no IP address).
  /// Error: invalid_argument with what was seen, what was wanted and at which
  /// byte; what may be a secret (userinfo, query) is never repeated.
  [[nodiscard]] static expected<storage_uri> parse(std::string_view text);

  [[nodiscard]] bool is_set() const { return !path_.empty(); }
  [[nodiscard]] storage_scheme scheme() const { return scheme_; }
  /// Empty for a file.
  [[nodiscard]] const std::string& bucket() const { return bucket_; }
  /// Decoded: of a file absolute, of S3 the key, without a '/' in front.
  [[nodiscard]] const std::string& path() const { return path_; }

  friend auto operator<=>(const storage_uri&, const storage_uri&) = default;

private:
  storage_scheme scheme_ = storage_scheme::file;
  std::string bucket_;
  std::string path_;
};

/// The one text of this URI, in ASCII: what RFC 3986 lets stand in a path does,
/// the rest is percent-encoded in upper-case hex. parse() reads it back as the
/// same value. Empty when unset.
[[nodiscard]] std::string to_string(const storage_uri& uri);

/// An absolute path without empty, "." and ".." segments and without a '/' at
/// its end: one that can be compared by its text.
[[nodiscard]] bool is_plain_path(std::string_view path);

/// True where `path` lies below the folder `root` by its components: "/a/bc" is
/// not below "/a/b", nor is "/a/b" itself. False unless both are plain ("/" is
/// a root too). The disk is not asked: symbolic links are for whoever opens it.
[[nodiscard]] bool is_below(std::string_view path, std::string_view root);

} // namespace trivium
