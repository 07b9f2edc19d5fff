#include "messages/values/human.hpp"
#include "tools/trivium/model_options.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/node_path.hpp"
#include "tools/trivium/repl/pull.hpp"
#include "tools/trivium/repl/session.hpp"
#include "tools/trivium/short_report.hpp"
#include "tools/trivium/wall_time.hpp"

namespace trivium::tools::repl {

namespace {

// --- golden ------------------------------------------------------------------

struct golden_options {
  std::string model;
  std::string folder;
  std::string inputs;
  input_options made_up;
};

expected<void> run_golden(session& s, const golden_options& given,
                          bool is_check) {
  golden_request request;
  request.model = node_path(given.model);
  request.golden = node_path(given.folder);
  request.inputs = node_path(given.inputs);
  request.record = !is_check;
  TRIVIUM_TRY(request.hints, given.made_up.hints());
  if (!is_check)
    request.created = rfc3339_now();
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto report, node->golden(request, s.working()));
  s.answer(text_of(report, is_check), tools::json_of(report, is_check));
  return {};
}

void prepare_golden(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<golden_options>();
  app.require_subcommand(1);

  auto* const record = app.add_subcommand(
    "record", "Run a float model in exact mode and keep inputs and outputs");
  record->add_option("model", given->model, "ONNX file")
    ->type_name("PATH")
    ->required();
  record
    ->add_option("--input", given->inputs,
                 "Folder: CASE.npy, or CASE/INPUT.npy [made-up inputs]")
    ->type_name("DIR");
  record->add_option("--out", given->folder, "Folder of the new set")
    ->type_name("PATH")
    ->required();
  given->made_up.add_to(*record);
  record->callback([given, &bound] {
    bound.run = [given](session& s) { return run_golden(s, *given, false); };
  });

  auto* const check =
    app.add_subcommand("check", "Run a model on a set's inputs and compare");
  check->add_option("model", given->model, "ONNX file")
    ->type_name("PATH")
    ->required();
  check->add_option("--golden", given->folder, "Folder of the set")
    ->type_name("DIR")
    ->required();
  check->callback([given, &bound] {
    bound.run = [given](session& s) { return run_golden(s, *given, true); };
  });
}

// --- pull --------------------------------------------------------------------

void prepare_pull(CLI::App& app, bound_command& bound) {
  struct options {
    std::string text;
    std::string folder;
  };
  const auto given = std::make_shared<options>();
  add_target(app, given->text, form::alias);
  app
    .add_option("--to", given->folder,
                "Folder: versions/DIGEST, and the symbolic link `current`")
    ->type_name("DIR")
    ->required();
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto which, s.parse(given->text, form::alias));
    TRIVIUM_TRY(const auto result,
                pull(s, {which.model, which.alias}, node_path(given->folder)));
    s.answer(summary_of(result) + "\n", tools::json_of(result));
    return {};
  };
}

// --- gc ----------------------------------------------------------------------

void prepare_gc(CLI::App& app, bound_command& bound) {
  struct options {
    bool is_dry_run = false;
    std::string keep_for = "24 h";
  };
  const auto given = std::make_shared<options>();
  app.add_flag("--dry-run", given->is_dry_run, "Only list them");
  app.add_option("--keep-for", given->keep_for, "Keep what is younger [24 h]")
    ->type_name("TIME");
  bound.question = [given](session&) -> expected<std::string> {
    if (given->is_dry_run)
      return std::string{};
    return "remove files that nothing names and that are older than "
           + printable(given->keep_for) + "?";
  };
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto keep_for, parse_duration(given->keep_for));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto garbage,
                node->collect_garbage(
                  std::chrono::duration_cast<std::chrono::seconds>(keep_for),
                  given->is_dry_run, s.working()));
    s.answer(text_of(garbage, given->is_dry_run),
             tools::json_of(garbage, given->is_dry_run));
    return {};
  };
}

} // namespace

std::vector<repl_command> store_commands() {
  constexpr std::string_view group = "Files";
  return {
    {group, "golden",
     "Record what a float model answers; hold a model against it",
     "golden record rec.onnx --input lines/ --out golden/rec\n"
     "golden check rec-int8.onnx --golden golden/rec",
     false, prepare_golden},
    {group, "pull", "Bring what an alias names into a folder",
     "pull minilm@production --to /srv/minilm", false, prepare_pull},
    {group, "gc", "Remove files that no version, variant or alias names",
     "gc --dry-run\ngc --keep-for '2 h' --yes", true, prepare_gc},
  };
}

} // namespace trivium::tools::repl
