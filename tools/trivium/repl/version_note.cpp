#include "messages/values/names.hpp"
#include "tools/trivium/repl/node_link.hpp"

namespace trivium::tools::repl {

std::string version_note(const node_identity& node, const std::string& ours) {
  if (node.version.empty()) // gRPC, where nobody says
    return {};
  if (node.protocol != protocol_version)
    return "the node speaks protocol " + std::to_string(node.protocol)
           + " (trivium " + printable(node.version) + "), this console "
           + std::to_string(protocol_version) + " (trivium " + ours
           + "): some commands may not be understood";
  if (node.version != ours)
    return "the node runs trivium " + printable(node.version)
           + ", this console is of trivium " + ours;
  return {};
}

} // namespace trivium::tools::repl
