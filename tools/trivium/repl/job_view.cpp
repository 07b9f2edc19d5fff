#include "tools/trivium/repl/job_view.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/repl/facts.hpp"
#include "tools/trivium/repl/fitted_table.hpp"
#include "tools/trivium/report.hpp"
#include "tools/trivium/short_report.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

/// "default/minilm 1.0.0 int8"
std::string subject_of(const job_record& job) {
  return printable(to_string(job.model)) + " " + to_string(job.version)
         + (job.recipe.empty() ? "" : " " + printable(job.recipe));
}

std::string duration_of(const job_status& job) {
  const auto& record = job.record;
  if (record.state == job_state::running)
    return job.is_queued ? "" : human_seconds(job.seconds);
  if (record.ended_at < record.started_at || record.started_at == 0)
    return {};
  return human_seconds(static_cast<double>(record.ended_at - record.started_at)
                       / 1000);
}

} // namespace

std::string state_of(const job_status& job) {
  if (job.record.state == job_state::running && job.is_queued)
    return "queued";
  return std::string{to_string(job.record.state)};
}

std::string progress_of(const job_status& job) {
  if (job.record.state != job_state::running || job.is_queued)
    return {};
  const std::string stage{to_string(job.stage)};
  if (job.total == 0)
    return stage;
  const auto share = static_cast<double>(std::min(job.done, job.total))
                     / static_cast<double>(job.total);
  return stage + " " + std::to_string(static_cast<int>(100 * share)) + " %";
}

std::string jobs_text(const std::vector<job_status>& jobs, const screen& on) {
  fitted_table table{{{"job", 9},
                      {"kind", 2},
                      {"of", 7},
                      {"state", 8},
                      {"progress", 6},
                      {"took", 3, true},
                      {"started", 4},
                      {"by", 1},
                      {"reason", 5}}};
  for (const auto& job : jobs)
    table.add({{printable(job.record.id), tint::strong},
               printable(job.record.kind),
               subject_of(job.record),
               state_cell(state_of(job)),
               progress_of(job),
               duration_of(job),
               age(job.record.started_at, on.now),
               printable(job.record.subject),
               printable(job.record.reason)});
  return table.text(on);
}

std::string job_text(const job_details& job, const screen& on) {
  const auto& record = job.status.record;
  const auto state = state_of(job.status);
  facts about;
  about.add("kind", printable(record.kind));
  about.add("of", subject_of(record));
  about.add("state", painted(state, tint_of(state), on));
  about.add("progress", progress_of(job.status));
  about.add(
    "reason",
    printable(job.failure.code == ec::none ? record.reason : job.failure.text));
  about.add("started",
            local_time(record.started_at) + ", " + printable(record.subject));
  about.add("ended", record.ended_at == 0 ? "" : local_time(record.ended_at));
  about.add("took", duration_of(job.status));
  about.add("trace", printable(record.trace_id));
  const auto result = result_text(job);
  return painted(printable(record.id), tint::strong, on) + "\n" + about.text()
         + (result.empty() ? "" : "\n" + result);
}

std::string result_text(const job_details& job) {
  if (job.registered)
    return text_of(*job.registered);
  const auto has_failed = job.failure.code != ec::none;
  if (job.report && (!has_failed || job.report->quantized))
    return text_of(*job.report);
  return {};
}

} // namespace trivium::tools::repl
