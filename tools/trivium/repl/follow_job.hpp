#pragma once

#include "tools/trivium/repl/session.hpp"

#include <string>

namespace trivium::tools::repl {

/// Shows a job's progress until it ended, then answers with what it gave. With
/// Ctrl-C it lets go and says how to go on; the job runs on. Errors: the job's
/// failure, and those of the client's calls.
[[nodiscard]] expected<void> follow_job(session& s, const std::string& id);

/// Why a job that ended did not succeed; `none` where it did.
[[nodiscard]] error failure_of(const job_details& job);

} // namespace trivium::tools::repl
