#include "actors/client/client.hpp"

#include "actors/client/calls.hpp"
#include "messages/wire/control.hpp"
#include "messages/wire/repeated.hpp"

#include <algorithm>

namespace trivium {

namespace {

bool is_wanted(const event_query& what, const event_record& event) {
  const auto& name = event.model.model;
  return (what.model.empty() || name == what.model)
         && name.starts_with(what.prefix)
         && (what.kinds.empty()
             || std::find(what.kinds.begin(), what.kinds.end(), event.kind)
                  != what.kinds.end());
}

} // namespace

client::client(std::shared_ptr<client_session> session)
  : session_(std::move(session)) {}

client::~client() = default;

expected<std::unique_ptr<client>>
client::connect(const client_options& options) {
  TRIVIUM_TRY(auto made, client_session::open(options));
  return std::unique_ptr<client>{new client{std::move(made)}};
}

node_identity client::node() const { return session_->identity(); }

void client::on_connection(std::function<void(connection_change)> heard) {
  session_->on_connection(std::move(heard));
}

// --- the node ----------------------------------------------------------------

expected<node_status> client::status(const call_options& options) {
  v1::Request request;
  request.mutable_status();
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_status() ? from_wire(reply.status())
                            : expected<node_status>{wrong_reply()};
}

expected<std::vector<actor_status>>
client::actors(const call_options& options) {
  v1::Request request;
  request.mutable_actors();
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  if (!reply.has_actors())
    return wrong_reply();
  std::vector<actor_status> found;
  for (const auto& one : reply.actors().actors()) {
    TRIVIUM_TRY(auto actor, from_wire(one));
    found.push_back(std::move(actor));
  }
  return found;
}

expected<void> client::set_log_level(const std::string& level,
                                     const call_options& options) {
  v1::Request request;
  request.mutable_log_level()->set_level(level);
  TRIVIUM_CHECK(session_->call(request, reads, options));
  return {};
}

// --- jobs --------------------------------------------------------------------

expected<std::string> client::submit(const job_request& wanted,
                                     const call_options& options) {
  auto request = request_for(wanted.model);
  *request.mutable_submit()->mutable_request() = to_wire(wanted);
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  return reply.has_submitted() ? expected<std::string>{reply.submitted().job()}
                               : wrong_reply();
}

expected<std::vector<job_status>> client::jobs(uint32_t limit,
                                               const call_options& options) {
  v1::Request request;
  request.mutable_jobs()->set_limit(limit);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  if (!reply.has_jobs())
    return wrong_reply();
  std::vector<job_status> found;
  for (const auto& one : reply.jobs().jobs()) {
    TRIVIUM_TRY(auto job, from_wire(one));
    found.push_back(std::move(job));
  }
  return found;
}

expected<job_details> client::job(const std::string& id,
                                  const call_options& options) {
  v1::Request request;
  request.mutable_job()->set_job(id);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_job() ? from_wire(reply.job())
                         : expected<job_details>{wrong_reply()};
}

expected<void> client::cancel_job(const std::string& id,
                                  const call_options& options) {
  v1::Request request;
  request.mutable_cancel_job()->set_job(id);
  // Asking twice does no harm.
  TRIVIUM_CHECK(session_->call(request, reads, options));
  return {};
}

expected<golden_report> client::golden(const golden_request& what,
                                       const call_options& options) {
  v1::Request request;
  *request.mutable_golden() = to_wire(what);
  TRIVIUM_TRY(const auto reply,
              session_->call(request, what.record ? changes : reads, options));
  return reply.has_golden() ? from_wire(reply.golden())
                            : expected<golden_report>{wrong_reply()};
}

expected<job_details>
client::await_job(const std::string& id,
                  const std::function<void(const job_status&)>& heard,
                  const cancel_token& cancel) {
  using namespace std::chrono_literals;
  // A node that is gone for longer than this is not waited for.
  const call_options patient{60s, {}};
  struct progress {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<job_status> latest;
  };
  const auto state = std::make_shared<progress>();
  TRIVIUM_TRY(const auto watching,
              watch_jobs(
                id,
                [state](const job_status& status) {
                  {
                    const std::lock_guard hold{state->mutex};
                    state->latest = status;
                  }
                  state->changed.notify_all();
                },
                patient));
  auto has_asked = false;
  auto next_request = std::chrono::steady_clock::now();
  auto next_look = std::chrono::steady_clock::now();
  for (;;) {
    std::optional<job_status> latest;
    {
      std::unique_lock hold{state->mutex};
      state->changed.wait_for(hold, 10ms,
                              [&] { return state->latest.has_value(); });
      latest = std::exchange(state->latest, std::nullopt);
    }
    if (latest && heard)
      heard(*latest);
    if (cancel.is_cancelled() && !has_asked
        && std::chrono::steady_clock::now() >= next_request) {
      const auto asked = cancel_job(id, {5s, {}});
      has_asked = asked || asked.error().code == ec::not_found
                  || asked.error().code == ec::failed_precondition;
      next_request = std::chrono::steady_clock::now() + 1s;
    }
    // A change that was missed while there was no connection is looked for.
    const auto now = std::chrono::steady_clock::now();
    if ((!latest || !latest->has_ended()) && now < next_look)
      continue;
    next_look = now + 1s;
    TRIVIUM_TRY(auto details, job(id, patient));
    if (details.status.has_ended() && !details.status.is_queued)
      return details;
  }
}

// --- watches -----------------------------------------------------------------

expected<subscription> client::watch_events(
  const event_query& what, std::function<void(const event_record&)> heard,
  std::function<void(const error&)> ended, const call_options& options) {
  wanted_watch wanted;
  *wanted.what.mutable_events() = to_wire(what);
  wanted.name_space = what.name_space;
  wanted.heard = [what, heard = std::move(heard)](const v1::Notice& notice) {
    auto event = from_wire(notice.event().event());
    if (!event)
      return; // of a newer node: not for us
    event->revision = notice.event().revision();
    if (is_wanted(what, *event)) // older nodes do not look
      heard(*event);
  };
  wanted.ended = std::move(ended);
  return session_->watch(std::move(wanted), options);
}

expected<subscription>
client::watch_jobs(const std::string& id,
                   std::function<void(const job_status&)> heard,
                   const call_options& options) {
  wanted_watch wanted;
  wanted.what.mutable_jobs()->set_job(id);
  wanted.heard = [heard = std::move(heard)](const v1::Notice& notice) {
    if (const auto status = from_wire(notice.job()); status)
      heard(*status);
  };
  return session_->watch(std::move(wanted), options);
}

} // namespace trivium
