#include "messages/wire/node_file.hpp"

#include "trivium/v1/control.pb.h"

#include <google/protobuf/util/json_util.h>

namespace trivium {

namespace json = google::protobuf::util;

std::string format_node_file(const node_file& content) {
  v1::NodeFile wire;
  wire.set_socket(content.socket.native());
  wire.set_pid(content.pid);
  wire.set_version(content.version);
  wire.set_started_at(content.started_at);
  wire.set_grpc(content.grpc);
  std::string text;
  if (!json::MessageToJsonString(wire, &text).ok())
    text = "{}";
  return text + "\n";
}

expected<node_file> parse_node_file(std::string_view text) {
  v1::NodeFile wire;
  json::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!json::JsonStringToMessage(std::string{text}, &wire, options).ok()
      || wire.socket().empty())
    return fail(ec::data_loss, "node.json does not name a node's socket");
  return node_file{wire.socket(), wire.pid(), wire.version(), wire.started_at(),
                   wire.grpc()};
}

} // namespace trivium
