#include "actors/node/node.hpp"
#include "messages/values/human.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/open_node.hpp"
#include "tools/trivium/short_report.hpp"
#include "tools/trivium/store_backup.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

struct gc_options {
  bool dry_run = false;
  std::string keep_for = "24 h";
};

int run_gc(const gc_options& options, command_context& context) {
  const auto as_json = context.options.json;
  const auto keep_for = parse_duration(options.keep_for);
  if (!keep_for)
    return report_error(keep_for.error(), as_json);
  auto node = open_node(context);
  if (!node)
    return report_error(node.error(), as_json);
  const auto garbage = (*node)->collect(
    context.from, std::chrono::duration_cast<std::chrono::seconds>(*keep_for),
    options.dry_run);
  if (!garbage)
    return report_error(garbage.error(), as_json);
  if (as_json)
    std::printf("%s\n", json_of(*garbage, options.dry_run).c_str());
  else if (!context.options.quiet)
    std::printf("%s", text_of(*garbage, options.dry_run).c_str());
  return 0;
}

} // namespace

void add_store(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<gc_options>();
  auto* const c = app.add_subcommand("store", "Care for the store");
  c->require_subcommand(1);
  add_backup(*c, chosen);
  add_restore(*c, chosen);
  add_check(*c, chosen);
  auto* const gc = c->add_subcommand(
    "gc", "Remove blobs that no version, variant or alias names");
  gc->add_flag("--dry-run", options->dry_run, "Only list them");
  gc->add_option("--keep-for", options->keep_for, "Keep what is younger [24 h]")
    ->type_name("TIME");
  gc->footer("Example:\n"
             "  trivium store gc --dry-run --keep-for '0 s'");
  gc->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_gc(*options, context);
    };
  });
}

} // namespace trivium::tools
