#include "actors/node/node.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/short_report.hpp"
#include "tools/trivium/terminal.hpp"
#include "tools/trivium/wall_time.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

struct golden_options {
  std::string model;
  std::string inputs;
  std::string folder;
  input_options made_up;
};

template <class Call>
int run_golden(command_context& context, bool is_check, Call call) {
  const auto as_json = context.options.json;
  auto node = actors::node::start({context.settings, false, context.program});
  if (!node)
    return report_error(node.error(), as_json);
  const auto report = call(**node);
  if (!report)
    return report_error(report.error(), as_json);
  if (as_json)
    std::printf("%s\n", json_of(*report, is_check).c_str());
  else if (!context.options.quiet)
    std::printf("%s", text_of(*report, is_check).c_str());
  return 0;
}

int run_record(const golden_options& options, command_context& context) {
  record_golden request;
  request.model = options.model;
  request.inputs = options.inputs;
  request.out = options.folder;
  request.created = rfc3339_now();
  auto hints = options.made_up.hints();
  if (!hints)
    return report_error(hints.error(), context.options.json);
  request.hints = std::move(*hints);
  return run_golden(context, false, [&](actors::node& node) {
    return node.record(context.from, request);
  });
}

int run_check(const golden_options& options, command_context& context) {
  return run_golden(context, true, [&](actors::node& node) {
    return node.check(context.from, {options.model, options.folder});
  });
}

} // namespace

void add_golden(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<golden_options>();
  auto* const c = app.add_subcommand(
    "golden", "Record what a float model answers; hold a model against it");
  c->require_subcommand(1);

  auto* const record = c->add_subcommand(
    "record", "Run a float model in exact mode and keep inputs and outputs");
  record->add_option("model", options->model, "ONNX file")->required();
  record
    ->add_option("--input", options->inputs,
                 "Folder: CASE.npy, or CASE/INPUT.npy [made-up inputs]")
    ->type_name("DIR");
  record->add_option("--out", options->folder, "Folder of the new set")
    ->type_name("PATH")
    ->required();
  options->made_up.add_to(*record);
  record->footer(
    "Example:\n"
    "  trivium golden record rec.onnx --input lines/ --out golden/rec");
  record->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_record(*options, context);
    };
  });

  auto* const check =
    c->add_subcommand("check", "Run a model on a set's inputs and compare");
  check->add_option("model", options->model, "ONNX file")->required();
  check->add_option("--golden", options->folder, "Folder of the set")
    ->type_name("DIR")
    ->required();
  check->footer("Example:\n"
                "  trivium golden check rec-int8.onnx --golden golden/rec");
  check->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_check(*options, context);
    };
  });
}

} // namespace trivium::tools
