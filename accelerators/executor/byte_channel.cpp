#include "accelerators/executor/byte_channel.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace trivium::accelerators {

namespace {

tl::unexpected<error> channel_error(const char* what) {
  return fail(ec::unavailable, std::string{"executor: "} + what + ": "
                                 + std::generic_category().message(errno));
}

} // namespace

expected<void> descriptor_channel::read(std::span<std::byte> out) {
  while (!out.empty()) {
    const auto got = ::read(descriptor_, out.data(), out.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return channel_error("cannot read a request");
    if (got == 0)
      return fail(ec::unavailable, "executor: end of requests");
    out = out.subspan(static_cast<size_t>(got));
  }
  return {};
}

expected<void> descriptor_channel::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return channel_error("cannot write an answer");
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

} // namespace trivium::accelerators
