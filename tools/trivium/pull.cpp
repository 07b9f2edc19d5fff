#include "actors/cache/client_alias_source.hpp"
#include "actors/cache/follow.hpp"
#include "actors/node/node.hpp"
#include "actors/node/service_notify.hpp"
#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/short_report.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

using actors::client_alias_source;
using std::chrono::milliseconds;

struct pull_options {
  std::string model;
  std::string folder;
  std::string connect; ///< The door; empty: as the store says.
  bool follow = false;
  size_t keep = 2;
  std::string exec;
  std::string exec_limit = "60 s";
  std::string wait; ///< Empty: not at all; with `follow`: without end.
};

/// The same, understood.
struct pull_task {
  alias_ref alias;
  std::filesystem::path folder;
  milliseconds exec_limit{};
  std::optional<milliseconds> wait{};
};

expected<pull_task> task_of(const pull_options& options,
                            const command_context& context) {
  pull_task task;
  TRIVIUM_TRY(task.alias, alias_ref::parse(options.model));
  if (options.model.find('/') == std::string::npos)
    task.alias.model.name_space = context.settings.name_space;
  task.folder = options.folder;
  TRIVIUM_TRY(task.exec_limit, parse_duration(options.exec_limit));
  if (!options.wait.empty()) {
    TRIVIUM_TRY(task.wait, parse_duration(options.wait));
  }
  return task;
}

// --- what is told ------------------------------------------------------------

void print(const pulled& result, const common_options& options) {
  if (options.json)
    std::printf("%s\n", json_of(result).c_str());
  else if (!options.quiet)
    std::printf("%s\n", summary_of(result).c_str());
}

/// For a person, a pipe and a service manager at once.
actors::pull_listener listener(const common_options& options,
                               progress_display& display) {
  actors::pull_listener ears;
  ears.shown = [&](const pulled& result) {
    display.clear();
    print(result, options);
    std::fflush(stdout); // a follower's reader waits for this line
    actors::notify_service("READY=1\nSTATUS=" + summary_of(result));
  };
  ears.said = [&](const std::string& line) {
    display.clear();
    std::fprintf(stderr, "trivium: %s\n", printable(line).c_str());
    actors::notify_service("STATUS=" + printable(line));
  };
  ears.copied = [&](uint64_t done, uint64_t total) {
    display.show_bytes("copy", done, total);
  };
  return ears;
}

// --- with a node, or as one --------------------------------------------------

client_alias_source source_of(const pull_options& options,
                              const pull_task& task,
                              const command_context& context) {
  client_options door;
  door.store = context.settings.store;
  door.address = options.connect;
  door.name_space = task.alias.model.name_space;
  door.name = options.follow ? "trivium pull --follow" : "trivium pull";
  door.connect_limit = milliseconds{1000};
  // Behind a door that was named, the store is the node's, unless it was named
  // too: in a container it may be mounted elsewhere.
  const auto is_nodes =
    !options.connect.empty() && context.options.store.empty();
  return {door, is_nodes ? std::filesystem::path{} : door.store};
}

int run_follow(const pull_options& options, const pull_task& task,
               command_context& context) {
  auto source = source_of(options, task, context);
  progress_display display{context.options.quiet || context.options.json};
  actors::follower follower{source,
                            {task.alias, task.folder, options.keep,
                             options.exec, task.exec_limit, task.wait},
                            listener(context.options, display),
                            context.from.cancel};
  const auto ended = follower.run();
  display.clear();
  actors::notify_service("STOPPING=1");
  // A signal is how it ends; main tells it by the exit status.
  return ended.code == ec::cancelled
           ? 0
           : report_error(ended, context.options.json);
}

/// Whether a node that runs shall be asked. Who waits, waits for one: he would
/// keep it from starting if he held its store himself.
expected<bool> asks_node(client_alias_source& source,
                         const pull_options& options, const pull_task& task) {
  if (task.wait || !options.connect.empty())
    return true;
  const auto connected = source.connect();
  if (connected)
    return true;
  // No node.json, or that of one that has gone.
  if (connected.error().code == ec::not_found
      || connected.error().code == ec::unavailable)
    return false;
  return fail(connected.error());
}

expected<pulled> pulled_once(const pull_options& options, const pull_task& task,
                             command_context& context) {
  auto source = source_of(options, task, context);
  TRIVIUM_TRY(const auto is_node_asked, asks_node(source, options, task));
  if (is_node_asked) {
    progress_display display{context.options.quiet || context.options.json};
    return actors::pull_once(
      source, task.alias, task.folder, task.wait.value_or(milliseconds{0}),
      listener(context.options, display), context.from.cancel);
  }
  TRIVIUM_TRY(const auto node,
              actors::node::start({context.settings, true, context.program}));
  return node->pull(context.from, {task.alias, task.folder});
}

int run_pull(const pull_options& options, command_context& context) {
  const auto as_json = context.options.json;
  const auto task = task_of(options, context);
  if (!task)
    return report_error(task.error(), as_json);
  if (options.follow)
    return run_follow(options, *task, context);
  const auto result = pulled_once(options, *task, context);
  if (!result)
    return report_error(result.error(), as_json);
  print(*result, context.options);
  return 0;
}

void add_follow_options(CLI::App& c, pull_options& options) {
  auto* const follow = c.add_flag(
    "--follow", options.follow,
    "Go on: switch whenever the alias moves, until SIGTERM (needs a node)");
  c.add_option("--keep", options.keep,
               "Old versions that stay for a rollback [2], at most 1000")
    ->type_name("N")
    ->check(CLI::Range(0, 1000))
    ->needs(follow);
  c.add_option("--exec", options.exec,
               "Run after each switch by /bin/sh -c, with TRIVIUM_FOLDER, "
               "_VERSION, _ARTIFACT, _MODEL, _ALIAS, _REASON")
    ->type_name("COMMAND")
    ->needs(follow);
  c.add_option("--exec-limit", options.exec_limit,
               "Time for the command, then it is stopped [60 s]")
    ->type_name("TIME")
    ->needs(follow);
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
  c->add_option("--connect", options->connect,
                "The node's door [as STORE/node.json says]")
    ->type_name("SOCKET");
  c->add_option("--wait", options->wait,
                "How long a node and the alias may be away at the start "
                "[0 s; with --follow without end]")
    ->type_name("TIME");
  add_follow_options(*c, *options);
  c->footer("Examples:\n"
            "  trivium pull default/minilm@production --to /srv/minilm\n"
            "  ls /srv/minilm/current/\n"
            "  trivium pull default/minilm@production --to /srv/minilm "
            "--follow \\\n"
            "    --exec 'systemctl reload my-runtime'");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_pull(*options, context);
    };
  });
}

} // namespace trivium::tools
