#include "actors/node/node.hpp"
#include "config/recipe_file.hpp"
#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>

namespace trivium::tools {

namespace {

std::string formats_of(const recipe& r) {
  std::string text;
  for (const auto& target : r.targets)
    text += (text.empty() ? "" : ", ") + std::string{to_string(target.format)};
  return text;
}

int list_recipes(command_context& context) {
  const auto found = config::list_recipes(config::recipe_folders());
  json_writer json;
  text_table table{{"recipe", "formats", "digest", "from"}};
  json.array([&] {
    for (const auto& one : found) {
      const auto& content = one.content;
      table.add({one.name, content ? formats_of(*content) : "broken",
                 content ? abbreviated(content->sha256) : "",
                 printable(one.origin)});
      json.object([&] {
        json.member("name", one.name);
        json.member("origin", printable(one.origin));
        if (content) {
          json.member("description", printable(content->description));
          json.member("formats", formats_of(*content));
          json.member("digest", to_string(content->sha256));
        } else {
          json.member("error", printable(content.error().text));
        }
      });
    }
  });
  std::printf("%s%s",
              context.options.json ? json.text().c_str() : table.text().c_str(),
              context.options.json ? "\n" : "");
  return 0;
}

int list_devices(command_context& context) {
  json_writer json;
  text_table table{{"device", "name", "lanes", "memory", "state"}};
  json.array([&] {
    for (const auto& device : actors::probe_devices(context.program)) {
      table.add(
        {device.kind, printable(device.name),
         device.lanes == 0 ? "" : std::to_string(device.lanes),
         device.memory_bytes == 0 ? "" : human_bytes(device.memory_bytes),
         device.absence.empty() ? "ready" : printable(device.absence)});
      json.object([&] {
        json.member("kind", device.kind);
        json.member("name", printable(device.name));
        json.member("lanes", device.lanes);
        json.member("memory_bytes", device.memory_bytes);
        json.member("absence", printable(device.absence));
      });
    }
  });
  std::printf("%s%s",
              context.options.json ? json.text().c_str() : table.text().c_str(),
              context.options.json ? "\n" : "");
  return 0;
}

int print_version(command_context& context) {
  if (context.options.json)
    std::printf("{\"version\":\"%s\"}\n", TRIVIUM_VERSION);
  else
    std::printf("trivium %s\n", TRIVIUM_VERSION);
  return 0;
}

} // namespace

void add_recipes(CLI::App& app, command& chosen) {
  app.add_subcommand("recipes", "List the recipes that are found by name")
    ->footer("Example:\n  trivium recipes --json")
    ->callback([&chosen] { chosen = list_recipes; });
}

void add_devices(CLI::App& app, command& chosen) {
  app
    .add_subcommand("devices", "List what can compute, and why the rest cannot")
    ->footer("Example:\n  trivium devices")
    ->callback([&chosen] { chosen = list_devices; });
}

void add_version(CLI::App& app, command& chosen) {
  app.add_subcommand("version", "Print the version of this program")
    ->footer("Example:\n  trivium version")
    ->callback([&chosen] { chosen = print_version; });
}

} // namespace trivium::tools
