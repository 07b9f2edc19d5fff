#include "config/settings.hpp"
#include "config/text_file.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

using namespace trivium;
using namespace trivium::config;
using trivium::test::temporary_folder;

namespace {

/// A file of `folder` that holds `text`.
std::filesystem::path written(const temporary_folder& folder,
                              const std::string& name,
                              const std::string& text) {
  test::fill(folder / name, text);
  return folder / name;
}

std::string error_of(std::string_view yaml) {
  const auto made = parse_settings(yaml, "s.yaml");
  return made ? "accepted" : made.error().text;
}

std::string with_listen(const std::string& address) {
  return error_of("grpc: {listen: '" + address + "'}");
}

/// Sets variables of the environment, and puts them back.
class with_environment {
public:
  with_environment(const char* data, const char* home) {
    set("XDG_DATA_HOME", data);
    set("HOME", home);
  }
  ~with_environment() {
    for (const auto& [name, value] : before_)
      value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
  }
  with_environment(const with_environment&) = delete;
  with_environment& operator=(const with_environment&) = delete;

private:
  void set(const char* name, const char* value) {
    const auto* before = std::getenv(name);
    before_.emplace_back(name, before == nullptr ? "" : before);
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }

  std::vector<std::pair<const char*, std::string>> before_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(settings_file)

BOOST_AUTO_TEST_CASE(every_setting_is_read) {
  const auto made = parse_settings("store: /data\n"
                                   "namespace: team-a\n"
                                   "lanes: 3\n"
                                   "tile_size: 256 KiB\n"
                                   "memory: 64 MiB\n"
                                   "log: {level: debug, format: json, "
                                   "file: /log}\n"
                                   "executor: {time_limit: 5 min, "
                                   "memory: 1 GiB}\n"
                                   "roots: [/models, /data/]\n"
                                   "model_limit: 16\n"
                                   "grpc: {listen: '[::1]:0', threads: 2, "
                                   "message: 1 MiB, streams: 8, "
                                   "memory: 32 MiB, idle: 1 min}\n",
                                   "s.yaml")
                      .value();

  BOOST_TEST(made.store == "/data");
  BOOST_TEST(made.name_space == "team-a");
  BOOST_TEST(made.lanes == 3u);
  BOOST_TEST(made.tile_bytes == 262144u);
  BOOST_TEST(made.memory_bytes == 67108864u);
  BOOST_TEST((made.log.level == log_level::debug));
  BOOST_TEST((made.log.format == log_format::json));
  BOOST_TEST(made.log.file == "/log");
  BOOST_TEST((made.executor.time_limit == std::chrono::minutes{5}));
  BOOST_TEST(made.executor.memory_bytes == uint64_t{1} << 30);
  BOOST_TEST((made.roots == std::vector<std::string>{"/models", "/data"}));
  BOOST_TEST(made.model_limit == 16u);
  BOOST_TEST(made.grpc.listen == "[::1]:0");
  BOOST_TEST(made.grpc.threads == 2u);
  BOOST_TEST(made.grpc.message_bytes == uint64_t{1} << 20);
  BOOST_TEST(made.grpc.streams == 8u);
  BOOST_TEST(made.grpc.memory_bytes == uint64_t{32} << 20);
  BOOST_TEST((made.grpc.idle == std::chrono::minutes{1}));
}

BOOST_AUTO_TEST_CASE(leave_the_base_where_they_say_nothing) {
  settings base;
  base.log.level = log_level::off;

  const auto made = parse_settings("lanes: 3\n", "s.yaml", base).value();

  BOOST_TEST((made.log.level == log_level::off));
  BOOST_TEST(made.lanes == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_not_named_keeps_its_default) {
  const auto made = parse_settings("lanes: 3\n", "s.yaml").value();

  BOOST_TEST(made.tile_bytes == settings{}.tile_bytes);
  BOOST_TEST((made.log.level == log_level::info));
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_named_with_the_nearest) {
  BOOST_TEST(error_of("lane: 3\n")
             == "s.yaml:1:1: unknown key \"lane\", did you mean \"lanes\"?");
  BOOST_TEST(error_of("log: {levle: debug}\n")
             == "s.yaml:1:7: unknown key \"levle\", did you mean \"level\"?");
  BOOST_TEST(error_of("loog: {level: debug}\n")
             == "s.yaml:1:1: unknown key \"loog\", did you mean \"log\"?");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused) {
  for (const auto* yaml : {"lanes: 1025",
                           "tile_size: 1 KiB",
                           "tile_size: 1 GiB",
                           "memory: 1 MiB",
                           "log: {level: loud}",
                           "log: {format: xml}",
                           "executor: {time_limit: 10 ms}",
                           "executor: {time_limit: 25 h}",
                           "executor: {memory: 1 MiB}",
                           "namespace: a/b",
                           "namespace: ''",
                           "log: debug",
                           "[]",
                           "store: [a]",
                           "model_limit: 15",
                           "model_limit: 1000001",
                           "grpc: {threads: 0}",
                           "grpc: {streams: 0}",
                           "grpc: {message: 1 KiB}",
                           "grpc: {memory: 1 MiB}",
                           "grpc: {idle: 1 s}",
                           "grpc: off"})
    BOOST_TEST(error_of(yaml).starts_with("s.yaml:1:"), yaml);
}

BOOST_AUTO_TEST_CASE(roots_are_absolute_folders) {
  BOOST_TEST(error_of("roots: []") == "accepted");
  BOOST_TEST(error_of("roots: [/]") == "accepted");
  BOOST_TEST(error_of("roots: /models").starts_with("s.yaml:1:8: seen"));
  for (const auto* root : {"models", "''", "/a/../b", "/a/.", "//a", "~/a"})
    BOOST_TEST(error_of("roots: [" + std::string{root} + "]")
                 .ends_with("is no absolute path without \".\" and \"..\""),
               root);
}

BOOST_AUTO_TEST_CASE(roots_read_back) {
  settings values;
  values.roots = {"/models", "/with \"quotes\""};

  const auto made = test::must(parse_settings(settings_text(values), "s"));

  BOOST_TEST((made.roots == values.roots));
}

BOOST_AUTO_TEST_CASE(the_grpc_door_listens_for_this_machine_only) {
  for (const auto* listen : {"127.0.0.1:7350", "127.0.0.1:0", "127.8.9.1:65535",
                             "[::1]:7350", "off"})
    BOOST_TEST(with_listen(listen) == "accepted", listen);
  for (const auto* listen :
       {"0.0.0.0:7350", "192.168.0.1:7350", "[::]:7350", "[fe80::1]:7350",
        "[::ffff:127.0.0.1]:7350", "126.0.0.1:1", "128.0.0.1:1"})
    BOOST_TEST(
      with_listen(listen).find("is not a loopback address: there is no "
                               "authentication yet")
        != std::string::npos,
      listen);
  for (const auto* listen :
       {"", "7350", ":7350", "localhost:7350", "127.0.0.1",
        "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 1",
        "127.1:7350", "::1:7350", "[127.0.0.1]:7350", "[::1]",
        "0x7f000001:7350", "2130706433:7350", "on", "OFF"})
    BOOST_TEST(with_listen(listen).find("is no address with a port")
                 != std::string::npos,
               listen);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_not_found) {
  const temporary_folder folder;

  BOOST_TEST(
    (load_settings(folder.path() / "none").error().code == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_file_is_named_in_its_errors) {
  const temporary_folder folder;
  const auto file = written(folder, "trivium.yaml", "lanes: many\n");

  const auto refused = load_settings(file);

  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().text.starts_with(file.string() + ":1:8: "));
}

BOOST_AUTO_TEST_CASE(the_reference_reads_back_as_the_defaults) {
  const auto text = settings_text();

  const auto made = parse_settings(text, "reference");

  BOOST_REQUIRE_MESSAGE(made, made.error().text);
  const settings defaults;
  BOOST_TEST(made->store == defaults.store);
  BOOST_TEST(made->name_space == defaults.name_space);
  BOOST_TEST(made->tile_bytes == defaults.tile_bytes);
  BOOST_TEST(made->memory_bytes == defaults.memory_bytes);
  BOOST_TEST((made->executor.time_limit == defaults.executor.time_limit));
  BOOST_TEST(made->executor.memory_bytes == defaults.executor.memory_bytes);
  BOOST_TEST(made->roots.empty());
  BOOST_TEST(made->model_limit == defaults.model_limit);
  BOOST_TEST(made->grpc.listen == defaults.grpc.listen);
  BOOST_TEST(made->grpc.message_bytes == defaults.grpc.message_bytes);
}

BOOST_AUTO_TEST_CASE(the_reference_is_written_down) {
  const auto written =
    std::filesystem::path{TRIVIUM_SOURCE_DIR} / "config/settings.example.yaml";

  BOOST_TEST(test::must(read_config_file(written)) == settings_text());
}

BOOST_AUTO_TEST_CASE(the_reference_names_every_setting) {
  const auto text = settings_text();

  for (const auto* line :
       {"\nstore: \"\"\n", "\nnamespace: \"default\"\n", "\nlanes: 0\n",
        "\ntile_size: 1 MiB\n", "\nmemory: 128 MiB\n", "\n  level: info\n",
        "\n  format: console\n", "\n  file: \"\"\n", "\n  time_limit: 2 min\n",
        "\n  memory: 4 GiB\n", "\nroots: []\n", "\nmodel_limit: 4096\n",
        "\n  listen: \"127.0.0.1:7350\"\n", "\n  message: 4 MiB\n",
        "\n  streams: 1024\n", "\n  memory: 256 MiB\n"})
    BOOST_TEST(text.find(line) != std::string::npos, line);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(default_store)

BOOST_AUTO_TEST_CASE(follows_the_xdg_folder) {
  const with_environment environment{"/data", "/home/x"};

  BOOST_TEST(default_store_folder().value() == "/data/trivium");
}

BOOST_AUTO_TEST_CASE(ignores_a_relative_xdg_folder) {
  const with_environment environment{"data", "/home/x"};

  BOOST_TEST(default_store_folder().value() == "/home/x/.local/share/trivium");
}

BOOST_AUTO_TEST_CASE(needs_some_folder) {
  const with_environment environment{nullptr, nullptr};

  BOOST_TEST((default_store_folder().error().code == ec::failed_precondition));
}

BOOST_AUTO_TEST_SUITE_END()
