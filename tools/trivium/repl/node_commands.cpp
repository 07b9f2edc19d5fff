#include "messages/values/json_writer.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/node_view.hpp"
#include "tools/trivium/repl/session.hpp"
#include "tools/trivium/repl/top.hpp"

namespace trivium::tools::repl {

namespace {

void prepare_status(CLI::App&, bound_command& bound) {
  bound.run = [](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto status, node->status(s.reading()));
    s.answer(status_text(status, s.talk.look()), json_of(status));
    return {};
  };
}

void prepare_top(CLI::App&, bound_command& bound) { bound.run = run_top; }

void prepare_actors(CLI::App&, bound_command& bound) {
  bound.run = [](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto actors, node->actors(s.reading()));
    s.answer(actors_text(actors, s.talk.look()), json_of(actors));
    return {};
  };
}

void prepare_devices(CLI::App&, bound_command& bound) {
  bound.run = [](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto status, node->status(s.reading()));
    s.answer(devices_text(status.devices, s.talk.look()),
             json_of(status.devices));
    return {};
  };
}

void prepare_log(CLI::App& app, bound_command& bound) {
  const auto level = std::make_shared<std::string>();
  app.add_option("level", *level, "trace, debug, info, warning, error, off")
    ->type_name("LEVEL")
    ->required();
  bound.run = [level](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_CHECK(node->set_log_level(*level, s.changing()));
    json_writer json;
    json.object([&] { json.member("log_level", printable(*level)); });
    s.answer("the node logs " + printable(*level) + " and above\n",
             json.text());
    return {};
  };
}

} // namespace

std::vector<repl_command> node_commands() {
  constexpr std::string_view group = "Node";
  return {
    {group, "status", "Show the node, its lanes and what runs", "status", false,
     prepare_status},
    {group, "top", "Watch lanes and jobs; q leaves", "top", false, prepare_top},
    {group, "actors", "Show the tree of actors", "actors", false,
     prepare_actors},
    {group, "devices", "List what can compute, and why the rest cannot",
     "devices", false, prepare_devices},
    {group, "log", "Set how much the node logs", "log debug", false,
     prepare_log},
  };
}

} // namespace trivium::tools::repl
