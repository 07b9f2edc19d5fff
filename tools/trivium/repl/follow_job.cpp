#include "tools/trivium/repl/follow_job.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/repl/job_view.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <mutex>
#include <optional>

namespace trivium::tools::repl {

namespace {

/// The newest state of a job, from the client's thread to ours.
struct newest_state {
  void put(const job_status& seen) {
    const std::lock_guard lock{mutex};
    status = seen;
    changed.ring();
  }

  std::optional<job_status> take() {
    const std::lock_guard lock{mutex};
    changed.quiet();
    return std::exchange(status, std::nullopt);
  }

  std::mutex mutex;
  std::optional<job_status> status;
  bell changed;
};

void say(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

/// Without a person who could decide to wait for a node that is away.
constexpr std::chrono::seconds patience{60};

/// Returns when the job ended (true) or somebody pressed Ctrl-C. Error:
/// unavailable, when the node is away too long.
expected<bool> watch_until_end(session& s, newest_state& state) {
  using steady = std::chrono::steady_clock;
  progress_display progress{s.as_json};
  auto heard = steady::now();
  while (!s.stop.is_raised()) {
    wait_readable({state.changed.fd(), s.stop.fd(), s.link.news_fd()},
                  std::chrono::seconds{1});
    if (s.link.is_connected())
      heard = steady::now();
    else if (!s.talk.ask && steady::now() - heard > patience)
      return fail(ec::unavailable, "the node is away; its job may go on");
    for (const auto& line : s.link.news()) {
      progress.clear();
      say(line);
    }
    const auto seen = state.take();
    if (seen && seen->has_ended())
      return true;
    if (seen && seen->record.state == job_state::running && !seen->is_queued)
      progress.show({seen->record.id, seen->stage, seen->done, seen->total});
  }
  return false;
}

} // namespace

error failure_of(const job_details& job) {
  if (job.failure.code != ec::none)
    return job.failure;
  const auto& record = job.status.record;
  const auto text = "job " + record.id + " "
                    + std::string{to_string(record.state)}
                    + (record.reason.empty() ? "" : ": " + record.reason);
  switch (record.state) {
  case job_state::running:
  case job_state::done:
    return {ec::none, {}};
  case job_state::failed:
    return {ec::failed_precondition, text};
  case job_state::cancelled:
    return {ec::cancelled, text};
  case job_state::interrupted:
  case job_state::parked:
    return {ec::unavailable, text};
  }
  return {ec::internal, text};
}

expected<void> follow_job(session& s, const std::string& id) {
  TRIVIUM_TRY(auto* const node, s.link.get());
  const auto state = std::make_shared<newest_state>();
  TRIVIUM_TRY(auto watch, node->watch_jobs(
                            id, [state](const auto& seen) { state->put(seen); },
                            s.reading()));
  // It may have ended before the watch began.
  TRIVIUM_TRY(auto job, node->job(id, s.reading()));
  if (!job.status.has_ended()) {
    state->put(job.status);
    TRIVIUM_TRY(const auto has_ended, watch_until_end(s, *state));
    if (!has_ended) {
      say("job " + printable(id)
          + " goes on; `watch` follows it, `cancel` stops it");
      return {};
    }
    watch.reset();
    TRIVIUM_TRY(job, node->job(id, s.reading()));
  }
  const auto failure = failure_of(job);
  s.answer(result_text(job), json_of(job));
  return failure.code == ec::none ? expected<void>{} : fail(failure);
}

} // namespace trivium::tools::repl
