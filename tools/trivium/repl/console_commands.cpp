#include "messages/values/json_writer.hpp"
#include "messages/values/shown_name.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/fitted_table.hpp"
#include "tools/trivium/repl/session.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

// --- help --------------------------------------------------------------------

std::string usage_of(const repl_command& definition) {
  return std::string{definition.name}
         + positionals_of(prepared_command{definition}.app);
}

std::string all_help(const screen& on) {
  // One table, so that all groups have the same columns.
  fitted_table table{{{"command", 9}, {"", 5}}};
  std::string_view group;
  for (const auto& definition : commands()) {
    if (group != std::exchange(group, definition.group))
      table.add({{std::string{definition.group}, tint::strong}});
    table.add({"  " + usage_of(definition), definition.help});
  }
  const auto text = table.text(on);
  return text.substr(text.find('\n') + 1)
         + "\n`help COMMAND` has options and examples; --json, on each "
           "command, is for programs.\n";
}

std::string all_help_json() {
  json_writer json;
  json.array([&] {
    for (const auto& definition : commands())
      json.object([&] {
        json.member("command", usage_of(definition));
        json.member("group", definition.group);
        json.member("help", definition.help);
        json.member("is_destructive", definition.is_destructive);
      });
  });
  return std::move(json).text();
}

expected<void> help(session& s, const std::string& name) {
  if (name.empty()) {
    s.answer(all_help(s.talk.look()), all_help_json());
    return {};
  }
  std::vector<std::string_view> known;
  for (const auto& definition : commands()) {
    known.push_back(definition.name);
    if (definition.name != name)
      continue;
    const auto text = prepared_command{definition}.app.help();
    json_writer json;
    json.object([&] { json.member("help", text); });
    s.answer(text, json.text());
    return {};
  }
  const auto near = nearest(name, known);
  return fail(ec::not_found,
              "no command " + shown_name(name)
                + (near.empty() ? "" : ", did you mean \"" + near + "\"?"));
}

void prepare_help(CLI::App& app, bound_command& bound) {
  const auto name = std::make_shared<std::string>();
  app.add_option("command", *name, "[all of them]")->type_name("COMMAND");
  bound.run = [name](session& s) { return help(s, *name); };
}

// --- use, quit ---------------------------------------------------------------

void prepare_use(CLI::App& app, bound_command& bound) {
  const auto name = std::make_shared<std::string>();
  app.add_option("namespace", *name, "The tenant that names are looked up in")
    ->type_name("NAMESPACE")
    ->required();
  bound.run = [name](session& s) -> expected<void> {
    TRIVIUM_CHECK(check_name("namespace", *name));
    TRIVIUM_CHECK(s.link.use(*name));
    json_writer json;
    json.object([&] { json.member("namespace", *name); });
    s.answer("namespace " + *name + "\n", json.text());
    return {};
  };
}

void prepare_quit(CLI::App&, bound_command& bound) {
  bound.run = [](session& s) -> expected<void> {
    s.leaves = true;
    return {};
  };
}

} // namespace

std::vector<repl_command> console_commands() {
  constexpr std::string_view group = "Console";
  return {
    {group, "use", "Work in another namespace", "use research", false,
     prepare_use},
    {group, "help", "List the commands, or explain one", "help\nhelp promote",
     false, prepare_help},
    {group, "quit", "Leave; so does Ctrl-D", "quit", false, prepare_quit},
    {group, "exit", "Leave", "exit", false, prepare_quit},
  };
}

} // namespace trivium::tools::repl
