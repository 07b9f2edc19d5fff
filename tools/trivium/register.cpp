#include "actors/node/node.hpp"
#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/open_node.hpp"
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

void print(const version_registered& known, const common_options& options) {
  const auto& version = known.version;
  if (options.json) {
    json_writer json;
    json.object([&] {
      json.member("namespace", version.model.name_space);
      json.member("model", version.model.model);
      json.member("version", to_string(version.version));
      json.member("format", to_string(version.format));
      json.member("artifact", to_string(version.artifact));
      json.member("size_bytes", version.size_bytes);
      json.member("revision", known.at);
      json.member("was_known", known.was_known);
    });
    std::printf("%s\n", json.text().c_str());
  } else if (!options.quiet) {
    std::printf("%s %s %s: %s, %s, artifact %s, revision %llu\n",
                to_string(version.model).c_str(),
                to_string(version.version).c_str(),
                known.was_known ? "was registered already" : "registered",
                std::string{to_string(version.format)}.c_str(),
                human_bytes(version.size_bytes).c_str(),
                to_string(version.artifact).c_str(),
                static_cast<unsigned long long>(known.at));
  }
}

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
  print(*known, context.options);
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
