#pragma once

#include "messages/values/job.hpp"
#include "messages/values/json_writer.hpp"

#include <string>

namespace trivium::tools {

/// What a person reads at the end of a job.
[[nodiscard]] std::string text_of(const pipeline_report& report);
[[nodiscard]] std::string text_of(const quantize_report& report);

/// The lines about a variant's check, which text_of(pipeline_report) holds too.
[[nodiscard]] std::string text_of(const verification& checked);

/// The same for programs: one line of JSON with exact numbers.
[[nodiscard]] std::string json_of(const pipeline_report& report,
                                  const error& failure);
[[nodiscard]] std::string json_of(const quantize_report& report);

/// A member "verification" of the object that is open.
void write(json_writer& json, const verification& checked);

} // namespace trivium::tools
