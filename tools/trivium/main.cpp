#include "accelerators/executor/executor.hpp"
#include "actors/new_envelope.hpp"
#include "actors/node/node.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/command_line.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/signals.hpp"
#include "tools/trivium/terminal.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace trivium;

/// Who works here, for history: the user's name, else the number.
std::string current_subject() {
  const auto* const user = ::getpwuid(::geteuid());
  return user != nullptr ? "local:" + std::string{user->pw_name}
                         : "local:" + std::to_string(::geteuid());
}

/// A sharded model keeps each of its files open; the soft limit is often 1024.
void allow_many_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void add_common(CLI::App& app, tools::common_options& options) {
  app
    .add_option("--store", options.store,
                "Folder of the store [$TRIVIUM_STORE, else "
                "$XDG_DATA_HOME/trivium]")
    ->type_name("DIR");
  app.add_option("--namespace", options.name_space, "Tenant [default]")
    ->type_name("NAME");
  app.add_option("--config", options.config, "Settings file (YAML)")
    ->type_name("FILE");
  app
    .add_option("--log-level", options.log_level,
                "trace, debug, info, warning, error, off")
    ->type_name("LEVEL");
  app.add_flag("--json", options.json, "One line of JSON on stdout");
  app.add_flag("--quiet", options.quiet, "No progress, no table");
}

/// What somebody typed in a command's place, where there is no such command.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({}))
    known.push_back(command->get_name());
  if (argc < 2 || argv[1][0] == '-'
      || std::find(known.begin(), known.end(), argv[1]) != known.end())
    return {};
  const auto near = nearest(argv[1], known);
  return "unknown command \"" + printable(argv[1]) + "\""
         + (near.empty() ? "" : ", did you mean \"" + near + "\"?");
}

/// Threads and memory are what libraries throw about here.
int carry_out(const tools::command& chosen, tools::command_context& context) {
  try {
    return chosen(context);
  } catch (...) {
    return tools::report_error(actors::error_of(std::current_exception()),
                               context.options.json);
  }
}

int run(const tools::command& chosen, tools::command_context& context) {
  auto settings = context.options.settings();
  if (!settings)
    return tools::report_error(settings.error(), context.options.json);
  context.settings = std::move(*settings);
  if (auto started = actors::start_log(context.settings.log); !started)
    return tools::report_error(started.error(), context.options.json);
  context.from =
    actors::new_envelope(context.settings.name_space, current_subject());
  tools::cancel_on_signal(context.from.cancel);
  auto code = carry_out(chosen, context);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    const auto lost = tools::report_error(
      {ec::unavailable, "standard output cannot be written"}, false);
    code = code == 0 ? lost : code;
  }
  if (const auto signal = tools::stop_signal();
      signal != 0 && !context.was_told_to_stop)
    return 128 + signal;
  return code;
}

} // namespace

int main(int argc, char** argv) {
  // The child that runs graphs: no command of a person's.
  if (argc == 2 && std::strcmp(argv[1], "executor-worker") == 0)
    return accelerators::executor_worker_main();

  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // a file size limit is an error of the write
  allow_many_open_files();
  tools::block_stop_signals();
  tools::command_context context;
  std::error_code unknown; // without /proc no executor can be started
  context.program = std::filesystem::read_symlink("/proc/self/exe", unknown);

  CLI::App app{"Trivium: model registry, versioned cache and quantization "
               "pipeline"};
  app.name("trivium");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer("Examples:\n"
             "  trivium pipeline model.onnx --recipe int8 --golden golden/\n"
             "  trivium quantize model.gguf --recipe q8_0 --out q8.gguf\n"
             "  trivium pull default/model@production --to /srv/model\n"
             "`trivium COMMAND --help` tells the rest.");
  add_common(app, context.options);
  tools::command chosen;
  tools::add_pipeline(app, chosen);
  tools::add_quantize(app, chosen);
  tools::add_register(app, chosen);
  tools::add_golden(app, chosen);
  tools::add_pull(app, chosen);
  tools::add_serve(app, chosen);
  tools::add_store(app, chosen);
  tools::add_recipes(app, chosen);
  tools::add_devices(app, chosen);
  tools::add_version(app, chosen);
  tools::add_repl(app, chosen);
  tools::refuse_empty_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0)
      return app.exit(e);
    const auto unknown = unknown_command(app, argc, argv);
    const auto as_json = std::any_of(argv + 1, argv + argc, [](const char* a) {
      return std::strcmp(a, "--json") == 0;
    });
    tools::report_error(
      {ec::invalid_argument, (unknown.empty() ? printable(e.what()) : unknown)
                               + "; see `trivium --help`"},
      as_json);
    return tools::wrong_usage;
  }
  return run(chosen, context);
}
