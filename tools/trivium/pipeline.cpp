#include "actors/node/node.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/open_node.hpp"
#include "tools/trivium/report.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>

namespace trivium::tools {

namespace {

struct pipeline_options {
  std::string model;
  std::string recipe;
  std::string name;
  std::string version = "1.0.0";
  std::string golden;
  std::string out;
  std::string memory;
  input_options inputs;
  bool allow_unverified = false;
  bool force = false;

  [[nodiscard]] expected<pipeline_request>
  request(const command_context& context) const {
    pipeline_request wanted;
    wanted.model = model;
    TRIVIUM_TRY(wanted.name,
                model_name(name, context.settings.name_space, model));
    TRIVIUM_CHECK(semver::parse(version));
    wanted.version = version;
    TRIVIUM_TRY(wanted.recipe, find_recipe(recipe));
    wanted.golden = golden;
    std::error_code failed;
    if (!golden.empty() && !std::filesystem::is_directory(golden, failed))
      return fail(ec::not_found,
                  printable(golden) + ": no such folder of a golden set");
    TRIVIUM_TRY(wanted.hints, inputs.hints());
    wanted.out = out;
    TRIVIUM_TRY(wanted.memory_bytes, memory_bytes(memory));
    wanted.allow_unverified = allow_unverified;
    wanted.force = force;
    return wanted;
  }
};

int run_pipeline(const pipeline_options& options, command_context& context) {
  const auto as_json = context.options.json;
  auto request = options.request(context);
  if (!request)
    return report_error(request.error(), as_json);
  auto node = open_node(context);
  if (!node)
    return report_error(node.error(), as_json);
  progress_display progress{context.options.quiet || as_json};
  const auto ended =
    (*node)->pipeline(context.from, *request,
                      [&](const job_progress& step) { progress.show(step); });
  progress.clear();
  const auto has_failed = ended.failure.code != ec::none;
  if (as_json)
    std::printf("%s\n", json_of(ended.report, ended.failure).c_str());
  else if (!context.options.quiet && (!has_failed || ended.report.quantized))
    std::printf("%s", text_of(ended.report).c_str());
  std::fflush(stdout);
  return has_failed ? report_error(ended.failure, false) : 0;
}

} // namespace

void add_pipeline(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<pipeline_options>();
  auto* const c = app.add_subcommand(
    "pipeline", "Register, quantize, verify and deploy a model");
  c->add_option("model", options->model,
                "ONNX, safetensors or GGUF: file or folder")
    ->required();
  c->add_option("--recipe", options->recipe, "Name or YAML file of a recipe")
    ->type_name("NAME")
    ->required();
  c->add_option("--name", options->name, "Name of the model [the file's]")
    ->type_name("NAME");
  c->add_option("--version", options->version, "Semantic version [1.0.0]")
    ->type_name("SEMVER");
  c->add_option("--golden", options->golden,
                "Golden set to verify against (without a graph: folder of "
                "calibration arrays TENSOR.npy)")
    ->type_name("DIR");
  c->add_option("--out", options->out, "Also put the variant there")
    ->type_name("PATH");
  c->add_option("--memory", options->memory, "For tiles in flight, as 64MiB")
    ->type_name("SIZE");
  options->inputs.add_to(*c);
  c->add_flag("--allow-unverified", options->allow_unverified,
              "Promote below layer-verified");
  c->add_flag("--force", options->force, "Make a known variant anew");
  c->footer("Examples:\n"
            "  trivium pipeline rec.onnx --recipe int8 --golden golden/rec\n"
            "  trivium pipeline minilm/ --recipe int8 --name minilm\n"
            "  trivium pipeline llama-f16.gguf --recipe q8_0 --version 2.1.0");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_pipeline(*options, context);
    };
  });
}

} // namespace trivium::tools
