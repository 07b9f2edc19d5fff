#include "tests/unit/tools/fake_client.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace trivium {

namespace {

test::fake_node* there = nullptr;
std::function<void(connection_change)> connection_heard;
std::atomic<bool> job_is_done{false};

error gone() { return {ec::unavailable, "no connection to the node"}; }

/// Notes the call; the answer is `value` where there is a node.
template <class Value>
expected<Value> answer(std::string call, Value value) {
  if (there == nullptr || !there->is_there)
    return fail(gone());
  there->calls.push_back(std::move(call));
  return value;
}

expected<void> acknowledge(std::string call) {
  TRIVIUM_CHECK(answer(std::move(call), 0));
  return {};
}

/// Tells a job's course on a thread of its own, as the client does.
class telling {
public:
  telling(std::vector<job_status> course, std::chrono::milliseconds pace,
          std::function<void(const job_status&)> heard)
    : thread_(
      [this, course = std::move(course), pace, heard = std::move(heard)] {
        for (const auto& status : course) {
          std::unique_lock lock{mutex_};
          if (ended_.wait_for(lock, pace, [&] { return has_ended_; }))
            return;
          job_is_done = status.has_ended();
          heard(status);
        }
      }) {}

  ~telling() {
    {
      const std::lock_guard lock{mutex_};
      has_ended_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }

private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  std::thread thread_;
};

} // namespace

namespace test {

fake_node::fake_node() {
  identity = {protocol_version, "0.1.0", "/store", "default", 1, 4242};
  there = this;
  job_is_done = false;
}

fake_node::~fake_node() {
  there = nullptr;
  connection_heard = {};
}

void fake_node::change(connection_change what) {
  is_there = what == connection_change::restored;
  connection_heard(what);
}

} // namespace test

class client_session {
public:
  client_options options;
};

client::client(std::shared_ptr<client_session> session)
  : session_(std::move(session)) {}

client::~client() = default;

expected<std::unique_ptr<client>>
client::connect(const client_options& options) {
  TRIVIUM_CHECK(acknowledge("connect " + options.name_space));
  auto made = std::make_shared<client_session>();
  made->options = options;
  return std::unique_ptr<client>{new client{std::move(made)}};
}

node_identity client::node() const { return there->identity; }

void client::on_connection(std::function<void(connection_change)> heard) {
  connection_heard = std::move(heard);
}

expected<node_status> client::status(const call_options&) {
  return answer("status", there->status);
}

expected<std::vector<actor_status>> client::actors(const call_options&) {
  return answer("actors", there->actors);
}

expected<void> client::set_log_level(const std::string& level,
                                     const call_options&) {
  return acknowledge("log " + level);
}

expected<model_list> client::models(const std::string& prefix, uint32_t limit,
                                    const call_options&) {
  return answer("models " + prefix + " " + std::to_string(limit),
                there->models);
}

expected<model_details> client::model(const model_ref& which,
                                      const call_options&) {
  return answer("model " + to_string(which), there->details);
}

expected<history_list> client::history(const model_ref& which,
                                       const std::string& alias, uint32_t limit,
                                       const call_options&) {
  return answer("history " + to_string(which) + "@" + alias + " "
                  + std::to_string(limit),
                there->history);
}

expected<std::vector<lineage_entry>> client::lineage(const lineage_query& what,
                                                     const call_options&) {
  return answer("lineage " + what.artifact + " " + to_string(what.model) + " "
                  + what.version,
                there->lineage);
}

expected<resolved_artifact> client::resolve(const alias_ref& alias,
                                            const call_options&) {
  return answer("resolve " + to_string(alias.model) + "@" + alias.alias,
                resolved_artifact{there->details.aliases.at(0), 7, {}});
}

expected<void> client::ensure(const digest&, const call_options&) {
  return acknowledge("ensure");
}

expected<promoted> client::promote(const promotion& what, const call_options&) {
  promoted moved;
  moved.alias.model = what.alias.model;
  moved.alias.alias = what.alias.alias;
  if (auto version = semver::parse(what.version))
    moved.alias.version = *version;
  moved.at = 43;
  return answer("promote " + to_string(what.alias.model) + "@"
                  + what.alias.alias + " " + what.version + " " + what.recipe
                  + (what.allow_unverified ? " unverified" : "")
                  + (what.reason.empty() ? "" : " because " + what.reason),
                moved);
}

expected<promoted> client::roll_back(const rollback& what,
                                     const call_options&) {
  promoted moved;
  moved.alias.model = what.alias.model;
  moved.alias.alias = what.alias.alias;
  moved.at = 44;
  return answer("rollback " + to_string(what.alias.model) + "@"
                  + what.alias.alias + " " + std::to_string(what.to),
                moved);
}

expected<collected_garbage>
client::collect_garbage(std::chrono::seconds keep_for, bool is_dry_run,
                        const call_options&) {
  return answer("gc " + std::to_string(keep_for.count())
                  + (is_dry_run ? " dry" : ""),
                collected_garbage{1, 512, {"blobs/aa/aa"}});
}

expected<std::string> client::submit(const job_request& request,
                                     const call_options&) {
  job_is_done = false;
  there->submitted = request;
  return answer("submit " + std::string{to_string(request.kind)},
                there->job.status.record.id);
}

expected<std::vector<job_status>> client::jobs(uint32_t limit,
                                               const call_options&) {
  return answer("jobs " + std::to_string(limit), there->status.jobs);
}

expected<job_details> client::job(const std::string& id, const call_options&) {
  if (job_is_done || there->course.empty())
    return answer("job " + id, there->job);
  job_details running;
  running.status = there->course.front();
  return answer("job " + id, running);
}

expected<void> client::cancel_job(const std::string& id, const call_options&) {
  return acknowledge("cancel " + id);
}

expected<golden_report> client::golden(const golden_request& what,
                                       const call_options&) {
  golden_report report;
  report.cases = 3;
  return answer(std::string{"golden "} + (what.record ? "record" : "check"),
                report);
}

expected<subscription>
client::watch_jobs(const std::string& id,
                   std::function<void(const job_status&)> heard,
                   const call_options&) {
  TRIVIUM_CHECK(acknowledge("watch " + id));
  return subscription{
    std::make_shared<telling>(there->course, there->pace, std::move(heard))};
}

expected<job_details>
client::await_job(const std::string& id,
                  const std::function<void(const job_status&)>&,
                  const cancel_token&) {
  return answer("await " + id, there->job);
}

expected<subscription> client::watch_events(
  const event_query& what, std::function<void(const event_record&)> heard,
  std::function<void(const error&)> ended, const call_options&) {
  TRIVIUM_CHECK(acknowledge("events " + what.prefix + what.model + " from "
                            + std::to_string(what.from)));
  for (const auto& event : there->events)
    heard(event);
  if (there->end_of_events.code != ec::none)
    ended(there->end_of_events);
  return subscription{};
}

expected<model_registered>
client::register_model(const trivium::register_model& what,
                       const call_options&) {
  return answer("register " + to_string(what.model) + " "
                  + to_string(what.version) + " " + what.storage_uri + " for "
                  + std::to_string(what.ttl_seconds) + " lease "
                  + std::to_string(what.lease),
                model_registered{41, 40, what.version, 7, 60, false});
}

expected<registered_version> client::get(const version_query& which,
                                         const call_options&) {
  return answer("get " + to_string(which.model), registered_version{});
}

expected<registration_list>
client::registrations(const registration_query& which, const call_options&) {
  return answer("registrations " + which.filter + " " + which.page_token,
                there->registered);
}

expected<model_deleted> client::delete_model(const trivium::delete_model& what,
                                             const call_options&) {
  return answer("delete " + to_string(what.model)
                  + (what.version ? " " + to_string(*what.version) : ""),
                model_deleted{45, 2});
}

expected<promoted> client::set_alias(const alias_setting& what,
                                     const call_options&) {
  promoted moved;
  moved.alias.model = what.alias.model;
  moved.alias.alias = what.alias.alias;
  moved.at = 46;
  return answer("alias " + to_string(what.alias.model) + "@" + what.alias.alias
                  + " " + what.version + " " + std::to_string(what.weight),
                moved);
}

expected<alias_deleted> client::delete_alias(const trivium::delete_alias& what,
                                             const call_options&) {
  return answer("no alias " + to_string(what.alias.model) + "@"
                  + what.alias.alias,
                alias_deleted{47});
}

expected<lease_status> client::grant_lease(std::chrono::seconds ttl,
                                           const call_options&) {
  return answer("grant " + std::to_string(ttl.count()),
                lease_status{8, ttl.count(), ttl, false, 48});
}

expected<lease_status> client::keep_alive(lease_id lease, const call_options&) {
  return answer("keep " + std::to_string(lease),
                lease_status{lease, 60, std::chrono::minutes{1}, false, 48});
}

expected<lease_ended> client::revoke_lease(lease_id lease,
                                           const call_options&) {
  return answer("revoke " + std::to_string(lease), lease_ended{49, 1});
}

} // namespace trivium
