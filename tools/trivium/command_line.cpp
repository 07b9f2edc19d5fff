#include "tools/trivium/command_line.hpp"

namespace trivium::tools {

void refuse_empty_values(CLI::App& app) {
  for (auto* option : app.get_options())
    if (option->get_items_expected_max() > 0)
      option->check([](const std::string& value) {
        return value.empty() ? "is empty" : std::string{};
      });
  for (auto* command : app.get_subcommands({}))
    refuse_empty_values(*command);
}

} // namespace trivium::tools
