#pragma once

#include "tools/measure/registry/feed.hpp"
#include "tools/measure/registry/histogram.hpp"
#include "tools/measure/registry/slot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trivium::bench {

struct load_plan {
  size_t outstanding = 64;
  double seconds = 3;
  double warm_up = 0.5;
  double rate = 0;    ///< Calls a second; 0: as many as get through.
  uint64_t first = 0; ///< Number of the first call.
  uint64_t most = 0;  ///< Calls in all, warm-up included; 0: any.
};

/// What a watch told of the calls that began after its first event: before it
/// nobody knows whether the watch stands.
struct feed_report {
  histogram latency; ///< From the begin of the call to its event.
  uint64_t acknowledged = 0;
  uint64_t seen = 0;
  uint64_t twice = 0;
};

struct load_report {
  histogram latency; ///< Of calls that ended after the warm-up.
  double seconds = 0;
  uint64_t errors = 0;
  std::string error; ///< The first one.
  uint64_t bytes = 0;
  uint64_t next = 0; ///< The number after the last call's.
  feed_report events;
};

inline constexpr std::chrono::seconds longest_silence{20};

/// Keeps `outstanding` calls going, or begins them at a rate, on one thread.
/// Paced calls are due in ticks of a millisecond, as finely as the queue can
/// wait, and their latency counts from when they were due. Ends the process
/// when nothing completes for longest_silence: calls have no deadline.
class load_run {
public:
  load_run(load_plan plan, const std::vector<channel>& channels,
           const slot_maker& make, std::unique_ptr<feed> watch);

  [[nodiscard]] load_report run();

private:
  void begin_call(slot& with, steady::time_point due);
  void call_ended(slot& with);
  void begin_due_calls();
  void told(uint64_t number);
  [[nodiscard]] bool may_begin(steady::time_point now) const;
  /// Handles what completes until `until`; false where nothing did.
  bool handle_one(steady::time_point until);
  void await_feed();
  void await_events();

  load_plan plan_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::vector<slot*> idle_;
  std::unique_ptr<feed> feed_;
  steady::time_point counted_from_;
  steady::time_point until_;
  steady::time_point begin_;
  steady::time_point heard_; ///< When a call ended last.
  uint64_t begun_ = 0;
  /// By number: when the call began; what the feed told.
  std::vector<steady::time_point> began_;
  std::vector<bool> is_told_;
  std::optional<uint64_t> told_from_; ///< Index of the first call that counts.
  load_report report_;
};

} // namespace trivium::bench
