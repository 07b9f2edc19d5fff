#pragma once

#include "messages/values/ec.hpp"

#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>

namespace trivium::storage {

/// A JSON text parsed whole: UTF-8 checked, at most 64 levels deep, and each
/// object's keys different from each other.
class json_document {
public:
  /// `where` ("safetensors: config.json") opens error texts.
  /// Error: invalid_argument.
  [[nodiscard]] static expected<json_document> parse(std::string_view text,
                                                     const std::string& where);

  [[nodiscard]] simdjson::dom::element root() const { return root_; }

private:
  std::unique_ptr<simdjson::dom::parser> parser_; ///< Owns what root_ shows.
  simdjson::dom::element root_;
};

} // namespace trivium::storage
