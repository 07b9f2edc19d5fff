#include "config/listen_address.hpp"

#include "messages/values/names.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace trivium::config {

namespace {

std::optional<uint16_t> read_port(std::string_view text) {
  uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return port;
}

/// Empty where `host` is no address in digits.
std::optional<bool> is_loopback(const std::string& host, bool is_bracketed) {
  if (host.find('\0') != std::string::npos)
    return std::nullopt;
  if (is_bracketed) {
    in6_addr address{};
    if (::inet_pton(AF_INET6, host.c_str(), &address) != 1)
      return std::nullopt;
    return IN6_IS_ADDR_LOOPBACK(&address);
  }
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1)
    return std::nullopt;
  return ntohl(address.s_addr) >> 24 == 127;
}

} // namespace

expected<listen_address> parse_listen_address(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ec::invalid_argument, "\"" + printable(text.substr(0, 64))
                                        + (text.size() > 64 ? "…\" " : "\" ")
                                        + std::string{why});
  };
  constexpr std::string_view form =
    "is no address with a port, as 127.0.0.1:7350 or [::1]:7350";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return refuse(form);
  auto host = text.substr(0, colon);
  const auto port = read_port(text.substr(colon + 1));
  const auto is_bracketed =
    host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed)
    host = host.substr(1, host.size() - 2);
  listen_address made{std::string{host}, port.value_or(0)};
  const auto loopback = is_loopback(made.host, is_bracketed);
  if (!port || !loopback)
    return refuse(form);
  if (!*loopback)
    return refuse("is not a loopback address: there is no authentication yet, "
                  "so only this machine may ask (127.0.0.1 or [::1])");
  return made;
}

} // namespace trivium::config
