#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::config {

enum class log_level : uint8_t { trace = 0, debug, info, warning, error, off };
enum class log_format : uint8_t { console = 0, json };

[[nodiscard]] std::string_view to_string(log_level level);
/// Error: invalid_argument, with the names that are known.
[[nodiscard]] expected<log_level> parse_log_level(std::string_view text);
[[nodiscard]] std::string_view to_string(log_format format);

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::console;
  std::filesystem::path file; ///< Empty: standard error.
};

/// Limits of the child process that runs graphs.
struct executor_settings {
  std::chrono::milliseconds time_limit = std::chrono::minutes{2};
  uint64_t memory_bytes = uint64_t{4} << 30;
};

/// What the node's door grants its clients.
struct door_settings {
  std::filesystem::path socket; ///< Empty: STORE/door.sock.
  uint32_t sessions = 256;
  uint64_t frame_bytes = uint64_t{2} << 20;
  std::chrono::milliseconds handshake = std::chrono::seconds{3};
  std::chrono::milliseconds idle = std::chrono::seconds{30};
  std::chrono::milliseconds stuck = std::chrono::seconds{10};
};

/// The gRPC door: where it listens and what it grants.
struct grpc_settings {
  std::string listen = "127.0.0.1:7350"; ///< See parse_listen_address; "off".
  uint32_t threads = 1;
  uint64_t message_bytes = uint64_t{4} << 20;
  uint32_t streams = 1024;                     ///< At once, on a connection.
  uint64_t memory_bytes = uint64_t{256} << 20; ///< For all connections.
  std::chrono::milliseconds idle = std::chrono::minutes{5};

  [[nodiscard]] bool is_on() const { return listen != "off"; }
};

/// Everything a node can be told. config/settings.example.yaml has the key,
/// unit, default, range and meaning of each.
struct settings {
  std::filesystem::path store; ///< Empty: default_store_folder().
  /// Folders that `file` URIs of the network doors may lie below, see is_below;
  /// none: no such URI is accepted.
  std::vector<std::string> roots;
  std::string name_space = "default";
  uint32_t lanes = 0;                          ///< 0: one a core.
  uint64_t tile_bytes = uint64_t{1} << 20;     ///< Of source, for each tile.
  uint64_t memory_bytes = uint64_t{128} << 20; ///< Of tiles in flight.
  uint32_t jobs = 2;                           ///< That run at once.
  uint32_t lane_nice = 5; ///< Added to the nice value of lanes.
  std::chrono::milliseconds lane_hang = std::chrono::seconds{30};
  std::chrono::milliseconds model_idle = std::chrono::minutes{5};
  uint32_t model_limit = 4096; ///< Models that are active at once.
  std::chrono::milliseconds history = std::chrono::hours{720};
  std::chrono::milliseconds grace = std::chrono::milliseconds{4000};
  log_settings log;
  executor_settings executor;
  door_settings door;
  grpc_settings grpc;
};

/// Settings that `text` names, those of `base` elsewhere. `origin` names it in
/// errors. Errors: invalid_argument with FILE:LINE:COLUMN for unknown keys
/// (with the nearest known), wrong types and values out of range;
/// resource_exhausted for a text over 1 MiB. An empty file is refused.
[[nodiscard]] expected<settings> parse_settings(std::string_view text,
                                                std::string_view origin,
                                                settings base = {});

/// The same from a file. Errors also as read_config_file.
[[nodiscard]] expected<settings>
load_settings(const std::filesystem::path& path, settings base = {});

/// A complete settings file, each value under a comment that says what it is,
/// its range and unit; parse_settings reads it back. That of the defaults is
/// written down as config/settings.example.yaml.
[[nodiscard]] std::string settings_text(const settings& values = {});

/// `$XDG_DATA_HOME/trivium`, else `$HOME/.local/share/trivium`. Error:
/// failed_precondition when neither is an absolute path.
[[nodiscard]] expected<std::filesystem::path> default_store_folder();

} // namespace trivium::config
