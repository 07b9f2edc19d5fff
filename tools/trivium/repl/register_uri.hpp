#pragma once

#include "tools/trivium/repl/session.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// What `register` takes beside a URI.
struct uri_options {
  std::string ttl; ///< Empty: for ever.
  lease_id lease = 0;
  std::vector<std::string> labels; ///< "NAME=VALUE"
  std::string key;

  [[nodiscard]] bool is_given() const {
    return !ttl.empty() || lease != 0 || !labels.empty() || !key.empty();
  }
};

/// True for s3://… and file://…: what stays where it is.
[[nodiscard]] bool is_uri(std::string_view path);

/// Registers a version by where its bytes are. Errors: invalid_argument, and
/// those of client::register_model.
[[nodiscard]] expected<void> register_uri(session& s, const std::string& uri,
                                          const std::string& name,
                                          const std::string& version,
                                          const uri_options& more);

} // namespace trivium::tools::repl
