#include "tools/trivium/open_node.hpp"

#include "actors/node/remote_node.hpp"
#include "messages/wire/node_file.hpp"

namespace trivium::tools {

std::optional<expected<std::unique_ptr<client>>>
connect_to_node(const command_context& context) {
  const auto& store = context.settings.store;
  std::error_code ignored;
  if (!std::filesystem::exists(store / node_file_name, ignored))
    return std::nullopt;
  client_options options;
  options.store = store;
  options.name_space = context.settings.name_space;
  options.name = "trivium";
  options.connect_limit = std::chrono::milliseconds{1000};
  return client::connect(options);
}

expected<std::unique_ptr<actors::node>>
open_node(const command_context& context) {
  auto connection = connect_to_node(context);
  if (connection && *connection)
    return actors::make_remote_node(std::move(**connection));
  // What a killed node left says nothing about who holds the store now.
  auto opened = actors::node::start({context.settings, true, context.program});
  if (!opened && connection && opened.error().code == ec::unavailable)
    opened.error().text +=
      "; its node does not answer: " + connection->error().text;
  return opened;
}

} // namespace trivium::tools
