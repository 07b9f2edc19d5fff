#include "actors/new_envelope.hpp"

#include <algorithm>
#include <random>

namespace trivium::actors {

envelope new_envelope(std::string tenant, std::string subject) {
  envelope from;
  // Ids need to differ, not to be secret, and there may be thousands a second.
  thread_local std::mt19937_64 random{std::random_device{}()};
  const auto fill = [&](auto& bytes) {
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<uint8_t>(random() >> 32); });
  };
  fill(from.trace.trace_id);
  fill(from.trace.span_id);
  from.tenant = std::move(tenant);
  from.subject = std::move(subject);
  return from;
}

} // namespace trivium::actors
