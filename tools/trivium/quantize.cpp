#include "actors/node/node.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/report.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

struct quantize_options {
  std::string model;
  std::string recipe;
  std::string out;
  std::string memory;
  bool no_digest = false;
};

int run_quantize(const quantize_options& options, command_context& context) {
  const auto as_json = context.options.json;
  quantize_request request;
  request.model = options.model;
  request.out = options.out;
  request.wants_digest = !options.no_digest;
  auto recipe = find_recipe(options.recipe);
  if (!recipe)
    return report_error(recipe.error(), as_json);
  request.recipe = std::move(*recipe);
  const auto memory = memory_bytes(options.memory);
  if (!memory)
    return report_error(memory.error(), as_json);
  request.memory_bytes = *memory;

  auto node = actors::node::start({context.settings, false, context.program});
  if (!node)
    return report_error(node.error(), as_json);
  progress_display progress{context.options.quiet || as_json};
  const auto done =
    (*node)->quantize(context.from, request,
                      [&](const job_progress& step) { progress.show(step); });
  progress.clear();
  if (!done)
    return report_error(done.error(), as_json);
  if (as_json)
    std::printf("%s\n", json_of(*done).c_str());
  else if (!context.options.quiet)
    std::printf("%s", text_of(*done).c_str());
  return 0;
}

} // namespace

void add_quantize(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<quantize_options>();
  auto* const c = app.add_subcommand(
    "quantize", "Quantize a model into a file or folder, without a registry");
  c->add_option("model", options->model,
                "ONNX, safetensors or GGUF: file or folder")
    ->required();
  c->add_option("--recipe", options->recipe, "Name or YAML file of a recipe")
    ->type_name("NAME")
    ->required();
  c->add_option("--out", options->out, "File, or folder where it is several")
    ->type_name("PATH")
    ->required();
  c->add_option("--memory", options->memory, "For tiles in flight, as 64MiB")
    ->type_name("SIZE");
  c->add_flag("--no-digest", options->no_digest, "Do not hash the output");
  c->footer(
    "Examples:\n"
    "  trivium quantize rec.onnx --recipe int8 --out rec-int8.onnx\n"
    "  trivium quantize llama-f16.gguf --recipe q8_0 --out llama-q8_0.gguf");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_quantize(*options, context);
    };
  });
}

} // namespace trivium::tools
