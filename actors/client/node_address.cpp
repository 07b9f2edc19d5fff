#include "actors/client/node_address.hpp"

#include "messages/values/shown_name.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace trivium {

namespace {

constexpr std::string_view grpc_scheme = "grpc://";

expected<void> check_target(std::string_view target) {
  const auto colon = target.rfind(':');
  const auto port =
    colon == std::string_view::npos ? "" : target.substr(colon + 1);
  uint16_t number = 0;
  const auto* const end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, number);
  const auto is_odd = [](unsigned char c) { return c <= ' ' || c == '/'; };
  if (colon == 0 || read.ec != std::errc{} || read.ptr != end || number == 0
      || std::any_of(target.begin(), target.end(), is_odd))
    return fail(ec::invalid_argument,
                shown_name(std::string{grpc_scheme} + std::string{target})
                  + ": wanted grpc://HOST:PORT");
  return {};
}

} // namespace

bool is_grpc_address(std::string_view address) {
  return address.starts_with(grpc_scheme);
}

expected<std::string> grpc_target(const client_options& options) {
  auto target = options.address.substr(grpc_scheme.size());
  if (target.empty()) {
    TRIVIUM_TRY(const auto found, read_node_file(options.store));
    if (found.grpc.empty())
      return fail(ec::not_found, (options.store / node_file_name).native()
                                   + ": this node has no gRPC door (setting "
                                     "`grpc`)");
    target = found.grpc;
  }
  TRIVIUM_CHECK(check_target(target));
  return target;
}

expected<node_file> read_node_file(const std::filesystem::path& store) {
  const auto path = store / node_file_name;
  errno = 0;
  std::ifstream file{path};
  if (!file) {
    const auto code = errno == EACCES ? ec::permission_denied : ec::not_found;
    return fail(code, path.native() + ": "
                        + (code == ec::not_found
                             ? "no node serves this store; start one with "
                               "`trivium serve`"
                             : std::strerror(errno)));
  }
  std::string text(4096, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return parse_node_file(text);
}

} // namespace trivium
