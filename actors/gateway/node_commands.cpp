#include "actors/gateway/door.hpp"
#include "actors/gateway/session_call.hpp"
#include "actors/observability/actor_directory.hpp"
#include "actors/observability/log.hpp"
#include "actors/observability/process_figures.hpp"
#include "messages/values/names.hpp"
#include "messages/wire/backup.hpp"
#include "messages/wire/node.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

/// An actor that does not say within this time how much waits for it is busy.
constexpr std::chrono::milliseconds probe_limit{100};
constexpr std::chrono::seconds part_limit{1};

/// Models are named by the registry's children.
uint64_t active_models(const std::vector<actor_directory::entry>& all) {
  uint64_t count = 0;
  for (const auto& one : all)
    count += one.status.name.starts_with("model ") ? 1 : 0;
  return count;
}

/// `status` is for when something is broken: what does not answer soon is left
/// out (null).
template <class Part, class Handle, class Message, class Next>
void part_of(const session_call& call, const Handle& whom, Message message,
             Next next) {
  call.self()
    ->request(whom, std::min(call.limit(), caf::timespan{part_limit}),
              call.from(), std::move(message))
    .then([call, next](Part& part) { next(&part); },
          [call, next](caf::error&) { next(nullptr); });
}

void tell_status(const session_call& call) {
  const auto& services = call.services();
  auto& directory = directory_of(call.self()->system());
  auto status = std::make_shared<node_status>();
  const auto& identity = services.facts->identity;
  status->version = identity.version;
  status->pid = identity.pid;
  status->started_at = identity.started_at;
  status->store = identity.store;
  status->head = services.metadata->head();
  status->is_draining = services.facts->is_draining->load();
  const auto process = process_figures();
  status->rss_bytes = process.rss_bytes;
  status->cpu_seconds = process.cpu_seconds;
  status->sessions = services.facts->sessions();
  status->restarts = directory.restarts();
  status->log_level = to_string(present_log_level());
  status->active_models = active_models(directory.all());
  status->devices = services.facts->devices;
  const auto tell = [=] {
    v1::Reply reply;
    *reply.mutable_status() = to_wire(*status);
    call.answer(std::move(reply));
  };
  const auto add_jobs = [=] {
    part_of<std::vector<job_status>>(
      call, call.services().actors.runner, list_jobs{},
      [=](std::vector<job_status>* jobs) {
        if (jobs)
          status->jobs = std::move(*jobs);
        else
          status->silent.emplace_back("job_runner");
        tell();
      });
  };
  part_of<std::vector<lane_status>>(
    call, services.actors.services.scheduler, list_lanes{},
    [=](std::vector<lane_status>* lanes) {
      if (lanes)
        status->lanes = std::move(*lanes);
      else
        status->silent.emplace_back("scheduler");
      add_jobs();
    });
}

/// Asks everyone at once how much waits, and answers when all have said so or
/// their time is over.
void list_actors(const session_call& call) {
  struct survey {
    std::vector<actor_directory::entry> actors;
    size_t open = 0;
  };
  const auto self = call.self();
  const auto all = std::make_shared<survey>();
  all->actors = directory_of(self->system()).all();
  all->open = all->actors.size() + 1;
  const auto one_less = [=] {
    if (--all->open > 0)
      return;
    v1::Reply reply;
    for (const auto& one : all->actors)
      *reply.mutable_actors()->add_actors() = to_wire(one.status);
    call.answer(std::move(reply));
  };
  for (size_t i = 0; i < all->actors.size(); ++i) {
    auto& one = all->actors[i];
    const auto actor = caf::actor_cast<caf::actor>(one.address);
    if (!actor || actor == self) {
      --all->open;
      continue;
    }
    self
      ->request<caf::message_priority::high>(actor, caf::timespan{probe_limit},
                                             op::probe_v)
      .then(
        [=](uint64_t waiting) {
          all->actors[i].status.mailbox = waiting;
          one_less();
        },
        [=](caf::error&) {
          if (all->actors[i].status.state == "running")
            all->actors[i].status.state = "busy";
          one_less();
        });
  }
  one_less();
}

void set_log_level(const session_call& call, const std::string& text) {
  const auto level = config::parse_log_level(text);
  if (!level)
    return call.fail(level.error());
  change_log_level(*level);
  log_info(call.from(), "log level changed",
           {{"level", to_string(*level)}, {"by", call.from().subject}});
  call.done();
}

void back_up(const session_call& call, const std::string& folder) {
  if (!std::filesystem::path{folder}.is_absolute()
      || folder.find('\0') != std::string::npos)
    return call.fail(
      {ec::invalid_argument, "backup to \"" + printable(folder)
                               + "\": a node wants an absolute path"});
  const auto& services = call.services();
  if (!services.backup->take())
    return call.fail({ec::resource_exhausted,
                      "a backup is under way; try again when it is made"});
  const auto worker = call.self()->system().spawn<caf::detached>(
    backup_worker, services.metadata, services.backup);
  call.self()
    ->request(worker, call.limit(), call.from(), folder)
    .then(
      [=](const backup_summary& made) {
        v1::Reply reply;
        *reply.mutable_backup() = to_wire(made);
        call.answer(std::move(reply));
        call.self()->send_exit(worker, caf::exit_reason::user_shutdown);
      },
      [=](const caf::error& e) {
        call.fail(from_caf(e));
        call.self()->send_exit(worker, caf::exit_reason::user_shutdown);
      });
}

void tell_backup_progress(const session_call& call) {
  v1::Reply reply;
  *reply.mutable_backup_progress() =
    to_wire(call.services().backup->progress());
  call.answer(std::move(reply));
}

} // namespace

void carry_out_node_command(const session_call& call,
                            const v1::Request& request) {
  switch (request.command_case()) {
  case v1::Request::kStatus:
    return tell_status(call);
  case v1::Request::kActors:
    return list_actors(call);
  case v1::Request::kMakeBackup:
    return back_up(call, request.make_backup().folder());
  case v1::Request::kBackupProgress:
    return tell_backup_progress(call);
  default:
    return set_log_level(call, request.log_level().level());
  }
}

} // namespace trivium::actors
