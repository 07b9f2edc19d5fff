// A job that keeps all lanes busy, seen by three clients and cancelled.
// client_busy_job STORE MODEL RECIPE

#include "tests/integration/clients/client_program.hpp"
#include "tools/measure/watched_job.hpp"

#include <algorithm>
#include <vector>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;

namespace {

/// A client of its own that watches the job.
class onlooker {
public:
  onlooker(const char* store, const std::string& job)
    : node_(connected(store)) {
    must(job_.begin(*node_, job), "watch");
  }

  void await_work() {
    const auto seen = job_.await(is_quantizing_or_over, 60s);
    if (!seen)
      give_up("the job never was being quantized");
    if (seen->has_ended())
      give_up("the job ended too soon: %s", seen->record.reason.c_str());
  }

  void await_cancelled() {
    const auto is_cancelled = [](const job_status& status) {
      return status.record.state == job_state::cancelled;
    };
    if (!job_.await(is_cancelled, 60s))
      give_up("the job never was cancelled");
  }

private:
  std::unique_ptr<client> node_;
  watched_job job_; // last: its watch ends before its client
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
