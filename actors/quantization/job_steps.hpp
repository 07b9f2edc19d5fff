#pragma once

#include "actors/quantization/job_services.hpp"
#include "actors/time_limits.hpp"

#include <caf/event_based_actor.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>

namespace trivium::actors {

struct production;

/// The steps that every job shares: plan → write ∥ quantize → finish, as calls
/// with continuations on behalf of one job actor. Workers are spawned for the
/// job and end with it; a step's error goes to `failed`, once.
class job_steps {
public:
  using self_pointer = caf::event_based_actor*;

  job_steps(self_pointer self, job_services services, envelope from,
            job_listener_actor listener, std::function<void(error)> failed);

  /// Asks `whom`; the answer goes to `next` and the time to the stage's figure.
  template <class Answer, class Handle, class Message, class Next>
  void ask(job_stage stage, const Handle& whom, Message message, Next next) {
    const auto started = std::chrono::steady_clock::now();
    self_->request(whom, step_limit, from_, std::move(message))
      .then(
        [this, stage, started, next](Answer& answer) {
          if (has_failed_)
            return;
          stages[static_cast<size_t>(stage)].seconds += seconds_since(started);
          next(answer);
        },
        [this](caf::error& e) { fail(e); });
  }

  void plan(plan_job request, std::function<void(planned_job_ptr)> next);

  /// Writes the planned output into `folder`, which the writer then owns; where
  /// it is empty, into one that the writer makes beside `finish.target`.
  void produce(planned_job_ptr job, std::filesystem::path folder,
               uint64_t memory_bytes, finish_output finish,
               std::function<void(quantize_report_ptr)> next);

  void fail(const caf::error& e);
  void fail(error reason);

  /// Ends the workers; the writer removes what it did not finish.
  void stop();

  [[nodiscard]] const envelope& from() const { return from_; }
  [[nodiscard]] const job_services& services() const { return services_; }
  [[nodiscard]] const job_listener_actor& listener() const { return listener_; }

  /// Spawned workers that `stop` ends.
  template <class Handle>
  Handle adopt(Handle worker) {
    workers_.push_back(caf::actor_cast<caf::strong_actor_ptr>(worker));
    return worker;
  }

  std::array<stage_figure, job_stages> stages{};

  [[nodiscard]] static double
  seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now()
                                         - start)
      .count();
  }

private:
  void finish_when_written(const std::shared_ptr<production>& one);

  self_pointer self_;
  job_services services_;
  envelope from_;
  job_listener_actor listener_;
  std::function<void(error)> failed_;
  std::vector<caf::strong_actor_ptr> workers_;
  bool has_failed_ = false;
};

} // namespace trivium::actors
