// How a node answers while all its lanes are busy, and how soon a cancelled job
// ends. client_job_times STORE MODEL RECIPE; prints milliseconds.

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

using steady = std::chrono::steady_clock;

double ms_since(steady::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady::now() - begin)
    .count();
}

/// The newest state of the watched job.
class job_view {
public:
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

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<job_status> latest_;
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
  job_view view;
  const auto watch =
    must(node->watch_jobs(id, [&](const auto& s) { view.take(s); }), "watch");
  view.await("being quantized", [](const job_status& status) {
    if (status.has_ended())
      give_up("the job ended too soon: %s", status.record.reason.c_str());
    return status.stage == job_stage::quantize && status.done > 0;
  });
  std::vector<double> answers;
  size_t busy = 0;
  for (int i = 0; i < 200; ++i) {
    const auto begin = steady::now();
    const auto status = must(node->status(), "status");
    answers.push_back(ms_since(begin));
    busy += std::all_of(status.lanes.begin(), status.lanes.end(),
                        [](const auto& lane) { return lane.is_busy; })
              ? 1
              : 0;
  }
  const auto begin = steady::now();
  must(node->cancel_job(id), "cancel");
  const auto answered = ms_since(begin);
  view.await("ended", [](const job_status& s) { return s.has_ended(); });
  const auto ended = ms_since(begin);
  const auto details = must(node->job(id), "job");
  std::sort(answers.begin(), answers.end());
  json_writer json;
  json.object([&] {
    json.member("state", to_string(details.status.record.state));
    json.member("busy", busy);
    json.member("status_p50_ms", answers.at(answers.size() / 2));
    json.member("status_p99_ms", answers.at(answers.size() * 99 / 100));
    json.member("cancel_answered_ms", answered);
    json.member("cancel_ended_ms", ended);
  });
  say(json);
  return 0;
}
