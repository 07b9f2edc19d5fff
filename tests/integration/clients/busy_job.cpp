// A job that keeps all lanes busy, seen by three clients and cancelled.
// client_busy_job STORE MODEL RECIPE

#include "tests/integration/clients/client_program.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;

namespace {

/// A client of its own that watches the job.
class onlooker {
public:
  onlooker(const char* store, const std::string& job)
    : node_(connected(store)),
      watch_(must(node_->watch_jobs(job, [this](const auto& s) { take(s); }),
                  "watch")) {}

  void await_work() {
    await("being quantized", [](const job_status& status) {
      if (status.has_ended())
        give_up("the job ended too soon: %s", status.record.reason.c_str());
      return status.stage == job_stage::quantize && status.done > 0;
    });
  }

  void await_cancelled() {
    await("cancelled", [](const job_status& status) {
      return status.record.state == job_state::cancelled;
    });
  }

private:
  void take(const job_status& status) {
    {
      const std::lock_guard hold{mutex_};
      latest_ = status;
    }
    changed_.notify_all();
  }

  template <class Is>
  void await(const char* what, Is is) {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, 60s, [&] { return latest_ && is(*latest_); }))
      give_up("the job never was %s", what);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<job_status> latest_;
  std::unique_ptr<client> node_;
  subscription watch_; // last: it ends before what it fills
};

} // namespace

int main(int count, char** words) {
  if (count != 4)
    return 2;
  const auto node = connected(words[1]);
  job_request wanted;
  wanted.path = words[2];
  wanted.model = {"default", "timed"};
  wanted.recipe = words[3];
  wanted.force = true;
  const auto id = must(node->submit(wanted), "submit");
  std::vector<std::unique_ptr<onlooker>> onlookers;
  while (onlookers.size() < 3)
    onlookers.push_back(std::make_unique<onlooker>(words[1], id));
  for (const auto& one : onlookers)
    one->await_work();
  size_t busy = 0;
  for (int i = 0; i < 200; ++i) {
    const auto status = must(node->status(), "status");
    busy += std::all_of(status.lanes.begin(), status.lanes.end(),
                        [](const auto& lane) { return lane.is_busy; })
              ? 1
              : 0;
  }
  must(node->cancel_job(id), "cancel");
  for (const auto& one : onlookers)
    one->await_cancelled();
  const auto details = must(node->job(id), "job");
  json_writer json;
  json.object([&] {
    json.member("state", to_string(details.status.record.state));
    json.member("busy", busy);
    json.member("onlookers", onlookers.size());
  });
  say(json);
  return 0;
}
