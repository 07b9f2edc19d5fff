#include "config/settings.hpp"

#include "config/listen_address.hpp"
#include "config/text_file.hpp"
#include "config/yaml_node.hpp"
#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "messages/values/storage_uri.hpp"

#include <array>
#include <cstdlib>

namespace trivium::config {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 6> level_names{
  "trace", "debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 2> format_names{"console", "json"};

constexpr uint64_t KiB = uint64_t{1} << 10;
constexpr uint64_t MiB = uint64_t{1} << 20;
constexpr uint64_t TiB = uint64_t{1} << 40;

/// One setting: where it stands, what it means, how to read and show it.
struct setting {
  std::string_view group; ///< Empty: at the top.
  std::string_view key;
  std::string_view range;
  std::string_view meaning;
  expected<void> (*read)(const yaml_node&, settings&);
  std::string (*show)(const settings&);
};

/// As a double-quoted YAML scalar.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

/// Without the '/' that a folder may end in.
expected<std::string> read_root(const yaml_node& node) {
  TRIVIUM_TRY(auto root, node.text());
  if (root.size() > 1 && root.ends_with('/'))
    root.pop_back();
  if (root != "/" && !is_plain_path(root))
    return node.refuse("\"" + printable(root.substr(0, 64))
                       + "\" is no absolute path without \".\" and \"..\"");
  return root;
}

expected<void> read_roots(const yaml_node& node, settings& s) {
  TRIVIUM_TRY(const auto folders, node.list());
  s.roots.clear();
  for (const auto& folder : folders) {
    TRIVIUM_TRY(auto root, read_root(folder));
    s.roots.push_back(std::move(root));
  }
  return {};
}

expected<void> read_listen(const yaml_node& node, settings& s) {
  TRIVIUM_TRY(s.grpc.listen, node.text());
  if (const auto address = parse_listen_address(s.grpc.listen);
      s.grpc.is_on() && !address)
    return node.refuse(address.error().text);
  return {};
}

constexpr std::array table{
  setting{"", "store", "a path; empty: $XDG_DATA_HOME/trivium",
          "Folder of the registry and its artifacts.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.store, node.text());
            return {};
          },
          [](const settings& s) { return quoted(s.store.string()); }},
  setting{"", "namespace", "a name: letters, digits, '.', '_', '-'",
          "Tenant that commands work for unless they name another.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.name_space, node.text());
            if (const auto valid = check_name("namespace", s.name_space);
                !valid)
              return node.refuse(valid.error().text);
            return {};
          },
          [](const settings& s) { return quoted(s.name_space); }},
  setting{"", "roots", "absolute paths of folders",
          "Below these may lie what network clients register as file:///…; "
          "without any they register no files.",
          read_roots,
          [](const settings& s) {
            std::string list;
            for (const auto& root : s.roots)
              list += (list.empty() ? "" : ", ") + quoted(root);
            return "[" + list + "]";
          }},
  setting{"", "lanes", "0 to 1024; 0: one a core",
          "Threads that quantize tiles.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto lanes, node.natural(0, 1024));
            s.lanes = static_cast<uint32_t>(lanes);
            return {};
          },
          [](const settings& s) { return std::to_string(s.lanes); }},
  setting{"", "tile_size", "64 KiB to 256 MiB",
          "Source bytes of one tile: what a lane takes between two messages.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.tile_bytes, node.bytes(64 * KiB, 256 * MiB));
            return {};
          },
          [](const settings& s) { return exact_bytes(s.tile_bytes); }},
  setting{"", "memory", "8 MiB to 1 TiB",
          "Bytes that the tiles in flight of one job may hold.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.memory_bytes, node.bytes(8 * MiB, TiB));
            return {};
          },
          [](const settings& s) { return exact_bytes(s.memory_bytes); }},
  setting{"", "jobs", "1 to 64",
          "Jobs that run at once; others wait in the order of their coming.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto jobs, node.natural(1, 64));
            s.jobs = static_cast<uint32_t>(jobs);
            return {};
          },
          [](const settings& s) { return std::to_string(s.jobs); }},
  setting{"", "lane_nice", "0 to 19",
          "How far lanes step back behind everything else on the machine.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto nice, node.natural(0, 19));
            s.lane_nice = static_cast<uint32_t>(nice);
            return {};
          },
          [](const settings& s) { return std::to_string(s.lane_nice); }},
  setting{"", "lane_hang", "100 ms to 1 h",
          "Time on one tile after which a lane is reported as hanging.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.lane_hang, node.duration(100ms, 1h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.lane_hang); }},
  setting{"", "model_idle", "1 s to 24 h",
          "Time without a request after which a model's actor is ended; the "
          "next request starts it again.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.model_idle, node.duration(1s, 24h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.model_idle); }},
  setting{"", "model_limit", "16 to 1000000",
          "Models whose actors are active at once; beyond it the one that was "
          "not asked for longest is ended.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto limit, node.natural(16, 1'000'000));
            s.model_limit = static_cast<uint32_t>(limit);
            return {};
          },
          [](const settings& s) { return std::to_string(s.model_limit); }},
  setting{"", "history", "1 h to 8784 h",
          "How long old values and events are kept; those of aliases and "
          "variants are kept for ever.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.history, node.duration(1h, 8784h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.history); }},
  setting{"", "grace", "100 ms to 4500 ms",
          "Time that running tiles have to finish when a node is told to stop; "
          "then it leaves, whatever hangs.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.grace, node.duration(100ms, 4500ms));
            return {};
          },
          [](const settings& s) { return exact_duration(s.grace); }},
  setting{
    "log", "level", "trace, debug, info, warning, error, off",
    "The least severe line that is written; a command writes none unless told.",
    [](const yaml_node& node, settings& s) -> expected<void> {
      TRIVIUM_TRY(const auto index, node.choice(level_names));
      s.log.level = static_cast<log_level>(index);
      return {};
    },
    [](const settings& s) { return std::string{to_string(s.log.level)}; }},
  setting{
    "log", "format", "console, json", "json: one object a line.",
    [](const yaml_node& node, settings& s) -> expected<void> {
      TRIVIUM_TRY(const auto index, node.choice(format_names));
      s.log.format = static_cast<log_format>(index);
      return {};
    },
    [](const settings& s) { return std::string{to_string(s.log.format)}; }},
  setting{"log", "file", "a path; empty: standard error",
          "File that lines are appended to.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.log.file, node.text());
            return {};
          },
          [](const settings& s) { return quoted(s.log.file.string()); }},
  setting{
    "executor", "time_limit", "1 s to 24 h",
    "Longest run of a graph; then its process is killed.",
    [](const yaml_node& node, settings& s) -> expected<void> {
      TRIVIUM_TRY(s.executor.time_limit, node.duration(1s, 24h));
      return {};
    },
    [](const settings& s) { return exact_duration(s.executor.time_limit); }},
  setting{
    "executor", "memory", "256 MiB to 1 TiB",
    "Most memory of the process that runs a graph.",
    [](const yaml_node& node, settings& s) -> expected<void> {
      TRIVIUM_TRY(s.executor.memory_bytes, node.bytes(256 * MiB, TiB));
      return {};
    },
    [](const settings& s) { return exact_bytes(s.executor.memory_bytes); }},
  setting{"door", "socket", "a path; empty: door.sock in the store's folder",
          "Unix socket, mode 0600, at which a node takes clients.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.door.socket, node.text());
            return {};
          },
          [](const settings& s) { return quoted(s.door.socket.string()); }},
  setting{"door", "sessions", "1 to 4096",
          "Clients that are connected at once.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto sessions, node.natural(1, 4096));
            s.door.sessions = static_cast<uint32_t>(sessions);
            return {};
          },
          [](const settings& s) { return std::to_string(s.door.sessions); }},
  setting{"door", "frame", "2 MiB to 16 MiB",
          "The largest message that a client may send.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.door.frame_bytes, node.bytes(2 * MiB, 16 * MiB));
            return {};
          },
          [](const settings& s) { return exact_bytes(s.door.frame_bytes); }},
  setting{"door", "handshake", "100 ms to 1 min",
          "Time that a client has to say its first word.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.door.handshake, node.duration(100ms, 1min));
            return {};
          },
          [](const settings& s) { return exact_duration(s.door.handshake); }},
  setting{"door", "idle", "5 s to 24 h",
          "Silence after which a client is taken for dead; living ones send a "
          "heartbeat every second.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.door.idle, node.duration(5s, 24h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.door.idle); }},
  setting{"door", "stuck", "1 s to 1 h",
          "Time after which a client that does not read its answers is "
          "disconnected.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.door.stuck, node.duration(1s, 1h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.door.stuck); }},
  setting{"grpc", "listen", "a loopback address with a port (0: any); off",
          "Where the gRPC door listens; off: it does not.", read_listen,
          [](const settings& s) { return quoted(s.grpc.listen); }},
  setting{"grpc", "threads", "1 to 64",
          "Threads that read requests and write answers.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto threads, node.natural(1, 64));
            s.grpc.threads = static_cast<uint32_t>(threads);
            return {};
          },
          [](const settings& s) { return std::to_string(s.grpc.threads); }},
  setting{"grpc", "message", "64 KiB to 64 MiB",
          "The largest message that a client may send.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.grpc.message_bytes, node.bytes(64 * KiB, 64 * MiB));
            return {};
          },
          [](const settings& s) { return exact_bytes(s.grpc.message_bytes); }},
  setting{"grpc", "streams", "1 to 100000",
          "Calls of one connection that are under way at once.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(const auto streams, node.natural(1, 100'000));
            s.grpc.streams = static_cast<uint32_t>(streams);
            return {};
          },
          [](const settings& s) { return std::to_string(s.grpc.streams); }},
  setting{"grpc", "memory", "16 MiB to 1 TiB",
          "Bytes that all connections may hold.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.grpc.memory_bytes, node.bytes(16 * MiB, TiB));
            return {};
          },
          [](const settings& s) { return exact_bytes(s.grpc.memory_bytes); }},
  setting{"grpc", "idle", "5 s to 24 h",
          "Time without a call after which a connection is closed.",
          [](const yaml_node& node, settings& s) -> expected<void> {
            TRIVIUM_TRY(s.grpc.idle, node.duration(5s, 24h));
            return {};
          },
          [](const settings& s) { return exact_duration(s.grpc.idle); }},
};

/// The keys of `group`; at the top also the groups.
std::vector<std::string_view> keys_of(std::string_view group) {
  std::vector<std::string_view> keys;
  for (const auto& entry : table) {
    if (entry.group == group)
      keys.push_back(entry.key);
    else if (group.empty() && (keys.empty() || keys.back() != entry.group))
      keys.push_back(entry.group);
  }
  return keys;
}

expected<void> read_group(std::string_view group, const yaml_node& node,
                          settings& s) {
  TRIVIUM_CHECK(node.map(keys_of(group)));
  for (const auto& entry : table)
    if (const auto* value = node.find(entry.key);
        value != nullptr && entry.group == group)
      TRIVIUM_CHECK(entry.read(*value, s));
  return {};
}

} // namespace

std::string_view to_string(log_level level) {
  return level_names.at(static_cast<size_t>(level));
}

std::string_view to_string(log_format format) {
  return format_names.at(static_cast<size_t>(format));
}

expected<log_level> parse_log_level(std::string_view text) {
  for (size_t i = 0; i < level_names.size(); ++i)
    if (level_names.at(i) == text)
      return static_cast<log_level>(i);
  return fail(ec::invalid_argument,
              "log level \"" + printable(text)
                + "\" is not one of trace, debug, info, warning, error, off");
}

expected<settings> parse_settings(std::string_view text,
                                  std::string_view origin, settings base) {
  TRIVIUM_TRY(const auto document, parse_yaml(text, origin));
  auto made = std::move(base);
  TRIVIUM_CHECK(read_group("", document, made));
  for (const std::string_view group : {"log", "executor", "door", "grpc"})
    if (const auto* node = document.find(group))
      TRIVIUM_CHECK(read_group(group, *node, made));
  return made;
}

expected<settings> load_settings(const std::filesystem::path& path,
                                 settings base) {
  TRIVIUM_TRY(const auto text, read_config_file(path));
  return parse_settings(text, path.string(), std::move(base));
}

std::string settings_text(const settings& values) {
  std::string text;
  std::string_view group;
  for (const auto& entry : table) {
    text += text.empty() ? "" : "\n";
    if (entry.group != group)
      text += std::string{entry.group} + ":\n";
    group = entry.group;
    const std::string indent = group.empty() ? "" : "  ";
    text += indent + "# " + std::string{entry.meaning} + "\n";
    text += indent + "# Range: " + std::string{entry.range} + "\n";
    text += indent + std::string{entry.key} + ": " + entry.show(values) + "\n";
  }
  return text;
}

expected<std::filesystem::path> default_store_folder() {
  const auto folder = [](const char* variable) {
    const auto* value = std::getenv(variable);
    return std::filesystem::path{value == nullptr ? "" : value};
  };
  // The XDG specification: relative paths are to be ignored.
  if (const auto data = folder("XDG_DATA_HOME"); data.is_absolute())
    return data / "trivium";
  if (const auto home = folder("HOME"); home.is_absolute())
    return home / ".local" / "share" / "trivium";
  return fail(ec::failed_precondition,
              "no folder for the store: neither XDG_DATA_HOME nor HOME is an "
              "absolute path; name one with --store");
}

} // namespace trivium::config
