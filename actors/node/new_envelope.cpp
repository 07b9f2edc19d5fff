#include "actors/node/node.hpp"

#include <algorithm>
#include <random>

namespace trivium::actors {

envelope new_envelope(std::string tenant, std::string subject) {
  envelope from;
  std::random_device random;
  const auto fill = [&](auto& bytes) {
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<uint8_t>(random()); });
  };
  fill(from.trace.trace_id);
  fill(from.trace.span_id);
  from.tenant = std::move(tenant);
  from.subject = std::move(subject);
  return from;
}

} // namespace trivium::actors
