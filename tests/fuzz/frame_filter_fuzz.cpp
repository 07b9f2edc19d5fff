#include "actors/gateway/frame_filter.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr uint32_t max_payload = 4096;
constexpr uint64_t gateway = 31;

trivium::actors::frame_filter session_filter(const std::string& handshake,
                                             std::string_view node) {
  trivium::actors::frame_filter filter{max_payload};
  std::string ignored;
  if (!handshake.empty()
      && (!filter.feed(handshake, ignored) || !filter.permit(gateway, node)))
    std::abort();
  return filter;
}

} // namespace

/// The input is a session, after one byte that says how it arrives in parts.
/// However it comes, the same passes; and what passed would pass again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  const auto step = size_t{1} + *data % 64;
  const std::string_view session{reinterpret_cast<const char*>(data) + 1,
                                 size - 1};
  // Node ids as CAF writes them, of another process each.
  std::string client{"\0\0\x3e\x9a\xab\x9b\xac\x79", 8};
  auto node = client;
  client += "0001abcdefghijklmnopqrst";
  node += "0002abcdefghijklmnopqrst";
  std::string handshake(32, '\0');
  handshake[0] = 1;
  handshake[7] = 32;
  handshake += client;

  for (const auto& greeting : {std::string{}, handshake}) {
    auto whole = session_filter(greeting, node);
    std::string passed;
    const auto is_fine = whole.feed(session, passed);
    if (is_fine != whole.refusal().empty()
        || whole.held_bytes() > max_payload + 32)
      std::abort();

    auto split = session_filter(greeting, node);
    std::string also;
    auto is_also_fine = true;
    for (size_t at = 0; is_also_fine && at < session.size(); at += step)
      is_also_fine = split.feed(session.substr(at, step), also);
    if (is_also_fine != is_fine || also != passed)
      std::abort();

    auto again = session_filter(greeting, node);
    std::string same;
    if (!again.feed(passed, same) || same != passed || again.held_bytes() != 0)
      std::abort();
  }
  return 0;
}
