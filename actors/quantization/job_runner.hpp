#pragma once

#include "actors/quantization/job_services.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <variant>

namespace trivium::actors {

/// One job from its submission until it is forgotten.
struct tracked_job {
  envelope from;
  std::variant<pipeline_request, quantize_request> request;
  job_listener_actor listener; ///< Null: nobody in particular.
  job_status status;
  std::chrono::steady_clock::time_point began{};
  caf::actor_addr actor; ///< While it runs.
  /// Shared with the job: it was cancelled to go on later.
  std::shared_ptr<std::atomic<bool>> is_parking =
    std::make_shared<std::atomic<bool>>(false);
  bool is_stopping = false; ///< While it waits: its record is being changed.
  std::optional<job_outcome> outcome;

  [[nodiscard]] bool is_running() const { return actor != nullptr; }
};

struct job_runner_state {
  static inline constexpr const char* name = "job_runner";

  /// What waits at most, and how many ended ones keep their report.
  static constexpr size_t max_waiting = 1000;
  static constexpr size_t max_ended = 64;
  /// When jobs that another runner left behind have not ended yet.
  static constexpr auto look_again = std::chrono::seconds{1};

  uint64_t submitted = 0;
  std::map<std::string, tracked_job> jobs; ///< By id.
  std::list<std::string> waiting;          ///< Oldest first.
  std::deque<std::string> ended;           ///< Oldest first.
  size_t running = 0;
  std::vector<job_watcher_actor> watchers;
  bool is_parking = false;
  std::vector<caf::typed_response_promise<acknowledged>> parked;

  /// Jobs do not outlive who answers for them: they are parked, for the next
  /// one, and who listens is told.
  ~job_runner_state();
};

/// See the interface. A job submitted as a job_request is written down before
/// it is answered: it survives the node.
job_runner_actor::behavior_type
job_runner(job_runner_actor::stateful_pointer<job_runner_state> self,
           job_services services);

} // namespace trivium::actors
