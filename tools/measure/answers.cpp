// How soon a node answers `status` and ends a cancelled job:
//
//   bench_answers STORE SECONDS           as the node stands
//   bench_answers STORE SECONDS MODEL     while it quantizes MODEL, over and
//   over
//
// One JSON line; times in milliseconds, connection included never.

#include "actors/client/client.hpp"
#include "tools/measure/watched_job.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace trivium;

namespace {

using steady = std::chrono::steady_clock;

constexpr int cancellations = 15;

double ms_since(steady::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady::now() - begin)
    .count();
}

template <class T>
T must(expected<T> result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", what, result.error().text.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

double at(const std::vector<double>& sorted, double share) {
  return sorted.at(
    static_cast<size_t>(share * static_cast<double>(sorted.size() - 1)));
}

/// A watched job; ends the program where it does not go on.
class job_view {
public:
  job_view(client& node, const std::string& job) {
    must(job_.begin(node, job), "watch");
  }

  /// True once it is in the midst of its tensors, false when it ended first.
  bool is_quantizing() { return !await(is_quantizing_or_over).has_ended(); }

  bool quantizes_still() {
    const auto now = job_.latest();
    return now && !now->has_ended() && now->stage == job_stage::quantize;
  }

  void await_end() {
    await([](const job_status& status) { return status.has_ended(); });
  }

private:
  template <class Is>
  job_status await(Is is) {
    const auto seen = job_.await(is, std::chrono::minutes{2});
    if (!seen) {
      std::fprintf(stderr, "a job does not go on\n");
      std::exit(1);
    }
    return *seen;
  }

  watched_job job_;
};

/// Asks as a person's tool would, not as fast as possible.
class answers {
public:
  void ask(client& node) {
    const auto begin = steady::now();
    const auto status = must(node.status(), "status");
    times_.push_back(ms_since(begin));
    const auto busy =
      std::count_if(status.lanes.begin(), status.lanes.end(),
                    [](const auto& lane) { return lane.is_busy; });
    busy_ +=
      status.lanes.empty()
        ? 0.0
        : static_cast<double>(busy) / static_cast<double>(status.lanes.size());
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }

  void print() {
    std::sort(times_.begin(), times_.end());
    std::printf("{\"calls\":%zu,\"busy_lanes\":%.3f,\"p50_ms\":%.3f,"
                "\"p99_ms\":%.3f,\"max_ms\":%.3f",
                times_.size(), busy_ / static_cast<double>(times_.size()),
                at(times_, 0.5), at(times_, 0.99), times_.back());
  }

private:
  std::vector<double> times_;
  double busy_ = 0; ///< Shares of the lanes, summed.
};

/// One model under two names: their jobs run beside each other.
class quantizing {
public:
  quantizing(client& node, const char* model) : node_(node) {
    wanted_.path = model;
    wanted_.version = "1.0.0";
    wanted_.kind = job_kind::register_model;
    for (const auto* name : {"busy", "beside"}) {
      const auto registered = must(node_.await_job(submit(name)), "await");
      if (registered.status.record.state != job_state::done)
        must<int>(tl::make_unexpected(registered.failure), "register");
    }
    wanted_.kind = job_kind::quantize;
    wanted_.path.clear();
    wanted_.recipe = "int8";
    wanted_.force = true;
    wanted_.allow_unverified = true;
  }

  void ask_while_busy(answers& asked, steady::time_point until) {
    while (steady::now() < until) {
      const auto beside = submit("beside");
      const auto id = submit("busy");
      job_view view{node_, id};
      if (view.is_quantizing())
        while (steady::now() < until && view.quantizes_still())
          asked.ask(node_);
      for (const auto& one : {id, beside}) { // their checks keep no lane busy
        static_cast<void>(node_.cancel_job(one));
        static_cast<void>(must(node_.await_job(one), "await"));
      }
    }
  }

  struct cancel_times {
    std::vector<double> lanes; ///< Until no lane works on the job.
    std::vector<double> ended; ///< Until its end is written down and told.
  };

  cancel_times cancelled() {
    cancel_times times;
    while (times.ended.size() < cancellations) {
      const auto id = submit("busy");
      job_view view{node_, id};
      if (!view.is_quantizing())
        continue;
      const auto begin = steady::now();
      must(node_.cancel_job(id), "cancel");
      while (has_lane(id))
        ;
      times.lanes.push_back(ms_since(begin));
      view.await_end();
      times.ended.push_back(ms_since(begin));
    }
    std::sort(times.lanes.begin(), times.lanes.end());
    std::sort(times.ended.begin(), times.ended.end());
    return times;
  }

private:
  std::string submit(const char* name) {
    wanted_.model = {"default", name};
    return must(node_.submit(wanted_), "submit");
  }

  bool has_lane(const std::string& job) {
    const auto status = must(node_.status(), "status");
    return std::any_of(
      status.lanes.begin(), status.lanes.end(),
      [&](const auto& lane) { return lane.is_busy && lane.job == job; });
  }

  client& node_;
  job_request wanted_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4)
    return 2;
  auto node =
    must(client::connect({argv[1], {}, "default", "bench"}), "connect");
  const std::chrono::seconds length{std::atoi(argv[2])};
  answers asked;
  if (argc == 3) {
    for (const auto until = steady::now() + length; steady::now() < until;)
      asked.ask(*node);
    asked.print();
  } else {
    quantizing work{*node, argv[3]};
    work.ask_while_busy(asked, steady::now() + length);
    asked.print();
    const auto times = work.cancelled();
    std::printf(",\"lanes_free_p50_ms\":%.3f,\"lanes_free_max_ms\":%.3f,"
                "\"ended_p50_ms\":%.3f,\"ended_max_ms\":%.3f",
                at(times.lanes, 0.5), times.lanes.back(), at(times.ended, 0.5),
                times.ended.back());
  }
  std::printf("}\n");
  return 0;
}
