#include "tools/trivium/repl/command.hpp"

#include "tools/trivium/command_line.hpp"

namespace trivium::tools::repl {

namespace {

/// "Usage: history [OPTIONS] MODEL[@ALIAS]": the forms in the names' place.
class usage_by_form : public CLI::Formatter {
public:
  std::string make_usage(const CLI::App* app, std::string) const override {
    return "Usage: " + app->get_name() + " [OPTIONS]" + positionals_of(*app)
           + "\n";
  }
};

std::string footer_of(const repl_command& definition) {
  std::string text = "Examples:";
  std::string_view rest = definition.example;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    text += "\n  " + std::string{line};
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return text;
}

} // namespace

std::string positionals_of(const CLI::App& app) {
  std::string text;
  for (const auto* option : app.get_options())
    if (option->get_positional())
      text += option->get_required() ? " " + option->get_type_name()
                                     : " [" + option->get_type_name() + "]";
  std::string inner;
  for (const auto* command : app.get_subcommands({}))
    inner += (inner.empty() ? " " : "|") + command->get_name();
  return text + inner;
}

const std::vector<repl_command>& commands() {
  static const auto all = [] {
    std::vector<repl_command> table;
    for (auto* const group :
         {registry_commands, registration_commands, alias_commands,
          job_commands, job_control_commands, store_commands, node_commands,
          console_commands}) {
      const auto some = group();
      table.insert(table.end(), some.begin(), some.end());
    }
    return table;
  }();
  return all;
}

prepared_command::prepared_command(const repl_command& definition)
  : app(std::string{definition.help}, std::string{definition.name}) {
  app.formatter(std::make_shared<usage_by_form>());
  app.fallthrough();
  definition.prepare(app, bound);
  app.add_flag("--json", as_json, "One line of JSON");
  if (definition.is_destructive)
    app.add_flag("--yes", is_agreed, "Do not ask");
  app.footer(footer_of(definition));
  refuse_empty_values(app);
}

command_shape shape_of(const CLI::App& app) {
  command_shape shape;
  shape.name = app.get_name();
  for (const auto* option : app.get_options()) {
    const auto kind = option->get_items_expected_max() == 0
                        ? std::string{}
                        : option->get_type_name();
    if (option->get_positional())
      shape.positionals.push_back(kind);
    for (const auto& name : option->get_lnames())
      shape.options.push_back({"--" + name, kind});
  }
  for (const auto* inner : app.get_subcommands({}))
    shape.subcommands.push_back(shape_of(*inner));
  return shape;
}

std::vector<command_shape> shapes() {
  std::vector<command_shape> all;
  for (const auto& definition : commands())
    all.push_back(shape_of(prepared_command{definition}.app));
  return all;
}

} // namespace trivium::tools::repl
