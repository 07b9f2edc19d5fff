#pragma once

#include "messages/values/control.hpp"
#include "tools/trivium/repl/screen.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// "queued", "running", "done", …
[[nodiscard]] std::string state_of(const job_status& job);

/// "quantize 42 %" of a running job, else nothing.
[[nodiscard]] std::string progress_of(const job_status& job);

[[nodiscard]] std::string jobs_text(const std::vector<job_status>& jobs,
                                    const screen& on);

/// One job as it stands, with its report once it ended.
[[nodiscard]] std::string job_text(const job_details& job, const screen& on);

/// What a job that ended gave: its report; nothing where there is none.
[[nodiscard]] std::string result_text(const job_details& job);

} // namespace trivium::tools::repl
