#include "messages/values/json_writer.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/follow_job.hpp"
#include "tools/trivium/repl/job_view.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/session.hpp"
#include "tools/trivium/repl/watch_events.hpp"

namespace trivium::tools::repl {

namespace {

void prepare_jobs(CLI::App& app, bound_command& bound) {
  const auto limit = std::make_shared<uint32_t>(20);
  add_limit(app, *limit)->description("The newest so many [20], at most 1000");
  bound.run = [limit](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto jobs, node->jobs(*limit, s.reading()));
    auto text = jobs_text(jobs, s.talk.look());
    s.answer(text.empty() ? "no jobs\n" : text, json_of(jobs));
    return {};
  };
}

void prepare_job(CLI::App& app, bound_command& bound) {
  const auto id = std::make_shared<std::string>();
  add_job(app, *id);
  bound.run = [id](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto job, node->job(*id, s.reading()));
    s.answer(job_text(job, s.talk.look()), json_of(job));
    return {};
  };
}

/// A job, or what happens to models.
void prepare_watch(CLI::App& app, bound_command& bound) {
  struct options {
    std::string job;
    watch_options events;
  };
  const auto given = std::make_shared<options>();
  add_job(app, given->job)->required(false);
  auto* const events = app.add_option_group("Events, without JOB");
  events
    ->add_option("--model", given->events.prefix, "How the models' names begin")
    ->type_name("PREFIX");
  events
    ->add_option("--from", given->events.from,
                 "Begin at that revision [with what comes]")
    ->type_name("REVISION");
  events
    ->add_option("--kind", given->events.kinds,
                 "Of this kind alone; may be repeated")
    ->type_name("KIND")
    ->allow_extra_args(false);
  events
    ->add_option("--count", given->events.count, "Leave after so many [never]")
    ->type_name("N");
  bound.run = [given](session& s) -> expected<void> {
    if (given->job.empty())
      return watch_events(s, given->events);
    if (given->events.is_given())
      return fail(ec::invalid_argument, "--model, --from, --kind and --count "
                                        "are for events, not for a job");
    return follow_job(s, given->job);
  };
}

void prepare_cancel(CLI::App& app, bound_command& bound) {
  const auto id = std::make_shared<std::string>();
  add_job(app, *id);
  bound.question = [id](session&) -> expected<std::string> {
    return "cancel job " + printable(*id) + "?";
  };
  bound.run = [id](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_CHECK(node->cancel_job(*id, s.changing()));
    json_writer json;
    json.object([&] { json.member("cancelled", printable(*id)); });
    s.answer("job " + printable(*id) + " was asked to stop\n", json.text());
    return {};
  };
}

} // namespace

std::vector<repl_command> job_control_commands() {
  constexpr std::string_view group = "Jobs";
  return {
    {group, "jobs", "List jobs, the newest of them", "jobs\njobs --limit 100",
     false, prepare_jobs},
    {group, "job", "Show one job and what it gave",
     "job job-1795424585000-812-1", false, prepare_job},
    {group, "watch", "Follow a job, or show what happens, until Ctrl-C",
     "watch job-1795424585000-812-1\nwatch\nwatch --model mini --from 42\n"
     "watch --kind alias_moved --count 1",
     false, prepare_watch},
    {group, "cancel", "Stop a job", "cancel job-1795424585000-812-1", true,
     prepare_cancel},
  };
}

} // namespace trivium::tools::repl
