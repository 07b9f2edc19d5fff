#pragma once

#include "messages/values/job.hpp"

#include <string>

namespace trivium::tools {

/// What a person reads at the end of a job.
[[nodiscard]] std::string text_of(const pipeline_report& report);
[[nodiscard]] std::string text_of(const quantize_report& report);

/// The same for programs: one line of JSON with exact numbers.
[[nodiscard]] std::string json_of(const pipeline_report& report,
                                  const error& failure);
[[nodiscard]] std::string json_of(const quantize_report& report);

} // namespace trivium::tools
