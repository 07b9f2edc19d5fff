#include "actors/node/node.hpp"
#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

struct pull_options {
  std::string model;
  std::string folder;
};

void print(const pulled& result, const common_options& options) {
  if (options.json) {
    json_writer json;
    json.object([&] {
      json.member("model", to_string(result.alias.model));
      json.member("alias", result.alias.alias);
      json.member("version", to_string(result.alias.version));
      json.member("artifact", to_string(result.alias.artifact));
      json.member("folder", printable(result.folder.native()));
      json.member("bytes", result.bytes);
      json.member("was_there", result.was_there);
    });
    std::printf("%s\n", json.text().c_str());
  } else if (!options.quiet) {
    std::printf("%s@%s %s %s: %s, %s\n", to_string(result.alias.model).c_str(),
                result.alias.alias.c_str(),
                to_string(result.alias.version).c_str(),
                result.was_there ? "was there already" : "pulled",
                human_bytes(result.bytes).c_str(),
                printable(result.folder.native()).c_str());
  }
}

int run_pull(const pull_options& options, command_context& context) {
  const auto as_json = context.options.json;
  auto alias = alias_ref::parse(options.model);
  if (!alias)
    return report_error(alias.error(), as_json);
  if (options.model.find('/') == std::string::npos)
    alias->model.name_space = context.settings.name_space;
  auto node = actors::node::start({context.settings, true, context.program});
  if (!node)
    return report_error(node.error(), as_json);
  const auto result = (*node)->pull(context.from, {*alias, options.folder});
  if (!result)
    return report_error(result.error(), as_json);
  print(*result, context.options);
  return 0;
}

} // namespace

void add_pull(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<pull_options>();
  auto* const c = app.add_subcommand(
    "pull", "Bring what an alias names into a folder, then switch to it");
  c->add_option("model", options->model, "NAMESPACE/MODEL@ALIAS")->required();
  c->add_option("--to", options->folder,
                "Folder: versions/DIGEST, and the symbolic link `current`")
    ->type_name("DIR")
    ->required();
  c->footer("Example:\n"
            "  trivium pull default/minilm@production --to /srv/minilm\n"
            "  ls /srv/minilm/current/");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_pull(*options, context);
    };
  });
}

} // namespace trivium::tools
