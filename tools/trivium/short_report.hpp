#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/job.hpp"

#include <string>

namespace trivium::tools {

/// What a command says in a line or few: for people, each line ended.
[[nodiscard]] std::string text_of(const version_registered& known);
[[nodiscard]] std::string text_of(const golden_report& report, bool is_check);
[[nodiscard]] std::string text_of(const collected_garbage& garbage,
                                  bool is_dry_run);

/// One line, not ended.
[[nodiscard]] std::string summary_of(const pulled& result);

/// The same for programs: one line of JSON, not ended.
[[nodiscard]] std::string json_of(const version_registered& known);
[[nodiscard]] std::string json_of(const golden_report& report, bool is_check);
[[nodiscard]] std::string json_of(const collected_garbage& garbage,
                                  bool is_dry_run);
[[nodiscard]] std::string json_of(const pulled& result);

} // namespace trivium::tools
