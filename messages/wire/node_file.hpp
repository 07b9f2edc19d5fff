#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/records.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trivium {

/// Beside a store while a node serves it.
inline constexpr std::string_view node_file_name = "node.json";

/// What STORE/node.json says: where that node is found.
struct node_file {
  std::filesystem::path socket; ///< Absolute, or below the store.
  int64_t pid = 0;
  std::string version;
  unix_ms started_at = 0;
  std::string grpc{}; ///< HOST:PORT; empty where there is no such door.
};

/// One line of JSON.
[[nodiscard]] std::string format_node_file(const node_file& content);

/// Unknown members are passed over. Error: data_loss.
[[nodiscard]] expected<node_file> parse_node_file(std::string_view text);

} // namespace trivium
