#include "tools/trivium/commands.hpp"
#include "tools/trivium/repl/run_repl.hpp"

#include <memory>

namespace trivium::tools {

namespace {

struct given_options {
  std::string address;
  std::vector<std::string> commands;
};

int run(const given_options& given, const command_context& context) {
  repl::repl_options options;
  options.connection.store = context.settings.store;
  options.connection.address = given.address;
  options.connection.name_space = context.settings.name_space;
  options.connection.name = "trivium repl";
  options.commands = given.commands;
  options.as_json = context.options.json;
  options.is_quiet = context.options.quiet;
  options.version = TRIVIUM_VERSION;
  return repl::run_repl(options);
}

} // namespace

void add_repl(CLI::App& app, command& chosen) {
  const auto given = std::make_shared<given_options>();
  auto* const c = app.add_subcommand("repl", "Talk to a node: a console, or "
                                             "commands of a script");
  c->add_option("--connect", given->address,
                "Door of the node, or grpc://HOST:PORT for its registry alone "
                "[the one that serves the store]")
    ->type_name("ADDRESS");
  c->add_option("-c,--command", given->commands,
                "Run it and leave; several run in order until one fails")
    ->type_name("COMMAND")
    ->allow_extra_args(false);
  c->footer(
    "Without -c and with standard input from elsewhere the commands are its\n"
    "lines; '#' opens a comment. `trivium repl -c help` lists the commands.\n"
    "Examples:\n"
    "  trivium repl\n"
    "  trivium repl -c 'models' -c 'history minilm@production'\n"
    "  trivium repl --json -c 'status'\n"
    "  trivium repl < night.trivium");
  c->callback([given, &chosen] {
    chosen = [given](command_context& context) { return run(*given, context); };
  });
}

} // namespace trivium::tools
