#include "messages/values/job.hpp"

namespace trivium {

std::string_view to_string(job_stage stage) {
  constexpr std::array<std::string_view, job_stages> names{
    "ingest", "inspect", "plan",    "quantize",
    "write",  "verify",  "publish", "promote"};
  return names.at(static_cast<size_t>(stage));
}

} // namespace trivium
