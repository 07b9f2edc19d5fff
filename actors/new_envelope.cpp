#include "actors/new_envelope.hpp"

#include <algorithm>
#include <random>

namespace trivium::actors {

trace_context new_trace() {
  trace_context trace;
  // Ids need to differ, not to be secret, and there may be thousands a second.
  thread_local std::mt19937_64 random{std::random_device{}()};
  const auto fill = [&](auto& bytes) {
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<uint8_t>(random() >> 32); });
  };
  fill(trace.trace_id);
  fill(trace.span_id);
  return trace;
}

envelope new_envelope(std::string tenant, std::string subject) {
  envelope from;
  from.trace = new_trace();
  from.tenant = std::move(tenant);
  from.subject = std::move(subject);
  return from;
}

} // namespace trivium::actors
