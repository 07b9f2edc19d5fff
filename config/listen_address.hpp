#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace trivium::config {

/// Where a door with a port listens.
struct listen_address {
  std::string host;  ///< An address in digits, without brackets.
  uint16_t port = 0; ///< 0: one that is free.
};

/// From "127.0.0.1:7350" or "[::1]:7350". Only loopback addresses, in digits:
/// a name means what somebody else says, and any other address would let
/// everyone in, as clients are not authenticated. Error: invalid_argument.
[[nodiscard]] expected<listen_address>
parse_listen_address(std::string_view text);

} // namespace trivium::config
