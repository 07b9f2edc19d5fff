#include "actors/node/node.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/open_node.hpp"
#include "tools/trivium/short_report.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

struct register_options {
  std::string model;
  std::string name;
  std::string version = "1.0.0";
};

int run_register(const register_options& options, command_context& context) {
  const auto as_json = context.options.json;
  const auto name =
    model_name(options.name, context.settings.name_space, options.model);
  if (!name)
    return report_error(name.error(), as_json);
  const auto version = semver::parse(options.version);
  if (!version)
    return report_error(version.error(), as_json);
  auto node = open_node(context);
  if (!node)
    return report_error(node.error(), as_json);
  progress_display progress{context.options.quiet || as_json};
  const auto known = (*node)->register_model(
    context.from, options.model, *name, *version,
    [&](const job_progress& step) { progress.show(step); });
  progress.clear();
  if (!known)
    return report_error(known.error(), as_json);
  if (as_json)
    std::printf("%s\n", json_of(*known).c_str());
  else if (!context.options.quiet)
    std::printf("%s", text_of(*known).c_str());
  return 0;
}

} // namespace

void add_register(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<register_options>();
  auto* const c =
    app.add_subcommand("register", "Take a model into the store as a version");
  c->add_option("model", options->model,
                "ONNX, safetensors or GGUF: file or folder")
    ->required();
  c->add_option("--name", options->name, "Name of the model [the file's]")
    ->type_name("NAME");
  c->add_option("--version", options->version, "Semantic version [1.0.0]")
    ->type_name("SEMVER");
  c->footer("Example:\n"
            "  trivium register minilm/ --name minilm --version 1.2.0");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_register(*options, context);
    };
  });
}

} // namespace trivium::tools
