#include "messages/values/json_writer.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/follow_job.hpp"
#include "tools/trivium/repl/node_path.hpp"
#include "tools/trivium/repl/register_uri.hpp"
#include "tools/trivium/repl/session.hpp"

namespace trivium::tools::repl {

namespace {

/// What `register`, `quantize` and `pipeline` take, each its part.
struct job_options {
  std::string path;
  std::string target;
  std::string name;
  std::string version = "1.0.0";
  std::string recipe;
  std::string golden;
  std::string out;
  std::string memory;
  input_options inputs;
  bool allow_unverified = false;
  bool force = false;
  bool is_detached = false;
  uri_options uri; ///< Of `register`.
};

/// Found here, where its name was typed; the node gets the text.
expected<void> set_recipe(job_request& request, const std::string& given) {
  TRIVIUM_TRY(auto found, find_recipe(given));
  request.recipe = std::move(found.name);
  request.recipe_text = std::move(found.yaml);
  return {};
}

expected<job_request> request_of(const job_options& given, job_kind kind,
                                 const session& s) {
  job_request request;
  request.kind = kind;
  if (kind == job_kind::quantize) {
    TRIVIUM_TRY(auto which, s.parse(given.target, form::model_version));
    request.model = std::move(which.model);
    request.version = std::move(which.version);
  } else {
    request.path = node_path(given.path);
    TRIVIUM_TRY(request.model,
                model_name(given.name, s.link.name_space(), request.path));
    TRIVIUM_CHECK(semver::parse(given.version));
    request.version = given.version;
  }
  if (kind != job_kind::register_model)
    TRIVIUM_CHECK(set_recipe(request, given.recipe));
  request.golden = node_path(given.golden);
  request.out = node_path(given.out);
  TRIVIUM_TRY(request.memory_bytes, memory_bytes(given.memory));
  TRIVIUM_TRY(request.hints, given.inputs.hints());
  request.allow_unverified = given.allow_unverified;
  request.force = given.force;
  return request;
}

expected<void> submit(session& s, const job_options& given, job_kind kind) {
  TRIVIUM_TRY(const auto request, request_of(given, kind, s));
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto id, node->submit(request, s.changing()));
  if (!given.is_detached)
    return follow_job(s, id);
  json_writer json;
  json.object([&] { json.member("job", printable(id)); });
  s.answer(printable(id) + "\n", json.text());
  return {};
}

void bind(CLI::App& app, bound_command& bound,
          const std::shared_ptr<job_options>& given, job_kind kind) {
  app.add_flag("--detach", given->is_detached,
               "Answer with the job's id at once");
  bound.run = [given, kind](session& s) { return submit(s, *given, kind); };
}

constexpr auto source_help = "ONNX, safetensors or GGUF: file or folder";

void add_source(CLI::App& app, job_options& given,
                const std::string& path_help = source_help) {
  app.add_option("path", given.path, path_help)->type_name("PATH")->required();
  app.add_option("--name", given.name, "Name of the model [the file's]")
    ->type_name("NAME");
  app.add_option("--version", given.version, "Semantic version [1.0.0]")
    ->type_name("SEMVER");
}

void add_quantization(CLI::App& app, job_options& given) {
  app.add_option("--recipe", given.recipe, "Name or YAML file of a recipe")
    ->type_name("RECIPE")
    ->required();
  app
    .add_option("--golden", given.golden,
                "Golden set to verify against (without a graph: folder of "
                "calibration arrays TENSOR.npy)")
    ->type_name("DIR");
  app.add_option("--out", given.out, "Also put the variant there")
    ->type_name("PATH");
  app.add_option("--memory", given.memory, "For tiles in flight, as 64MiB")
    ->type_name("SIZE");
  given.inputs.add_to(app);
  app.add_flag("--force", given.force, "Make a known variant anew");
  app.add_flag("--allow-unverified", given.allow_unverified,
               "Go on below layer-verified");
}

void prepare_register(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<job_options>();
  add_source(app, *given,
             source_help + std::string{"; or s3://…, file://… that stays"});
  app
    .add_option("--ttl", given->uri.ttl,
                "Of a URI: ends by itself unless it is kept [for ever]")
    ->type_name("TIME");
  app.add_option("--lease", given->uri.lease, "Of a URI: ends with that lease")
    ->type_name("LEASE");
  app
    .add_option("--label", given->uri.labels,
                "Of a URI's version; may be repeated")
    ->type_name("NAME=VALUE")
    ->allow_extra_args(false);
  app
    .add_option("--key", given->uri.key,
                "Of a URI: the same request with it counts once")
    ->type_name("TEXT");
  bind(app, bound, given, job_kind::register_model);
  bound.run = [given, job = bound.run](session& s) -> expected<void> {
    if (is_uri(given->path))
      return register_uri(s, given->path, given->name, given->version,
                          given->uri);
    if (given->uri.is_given())
      return fail(ec::invalid_argument,
                  "--ttl, --lease, --label and --key go with a URI, whose "
                  "bytes stay where they are");
    return job(s);
  };
}

void prepare_quantize(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<job_options>();
  add_target(app, given->target, form::model_version);
  add_quantization(app, *given);
  bind(app, bound, given, job_kind::quantize);
}

void prepare_pipeline(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<job_options>();
  add_source(app, *given);
  add_quantization(app, *given);
  bind(app, bound, given, job_kind::pipeline);
}

} // namespace

std::vector<repl_command> job_commands() {
  constexpr std::string_view group = "Work";
  return {
    {group, "register", "Take a model into the store, or note where it lies",
     "register minilm/ --name minilm --version 1.2.0\n"
     "register s3://models/minilm/1.2.0 --name minilm --version 1.2.0\n"
     "register s3://models/rec --name rec --ttl '5 min' --label team=search",
     false, prepare_register},
    {group, "quantize", "Make and verify a variant of a registered version",
     "quantize minilm:1.2.0 --recipe int8 --golden golden/minilm\n"
     "quantize llama:2.1.0 --recipe q8_0 --memory 64MiB --detach",
     false, prepare_quantize},
    {group, "pipeline", "Register, quantize, verify and deploy a model",
     "pipeline rec.onnx --recipe int8 --golden golden/rec\n"
     "pipeline minilm/ --recipe int8 --name minilm --detach",
     false, prepare_pipeline},
  };
}

} // namespace trivium::tools::repl
