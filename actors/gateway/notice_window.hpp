#pragma once

#include "messages/values/control.hpp"
#include "trivium/v1/control.pb.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace trivium::actors {

/// The watches of one session and what is on its way to them. At most `window`
/// notices are not acknowledged; what comes meanwhile waits in bounded memory:
/// of a job its newest state, of events nothing, as the log has them.
class notice_window {
public:
  static constexpr uint64_t window = 128;
  static constexpr size_t max_watches = 64;

  struct event_watch {
    model_ref model;       ///< Empty name: all of the namespace.
    std::string prefix;    ///< Of the models' names.
    std::set<int> kinds;   ///< v1::EventKind; empty: all.
    revision next = 1;     ///< The first that was not sent.
    revision told = 0;     ///< What the client knows of `next`.
    bool is_behind = true; ///< Reads the log before it takes what comes.
    bool is_reading = false;
  };

  struct job_watch {
    std::string job;                           ///< Empty: all.
    std::map<std::string, job_status> waiting; ///< By job.
  };

  std::map<uint64_t, event_watch> events; ///< By watch id.
  std::map<uint64_t, job_watch> jobs;

  [[nodiscard]] bool has_room() const { return sent_ - received_ < window; }
  [[nodiscard]] size_t watches() const { return events.size() + jobs.size(); }

  /// A client cannot acknowledge what was not sent.
  void received(uint64_t sequence) {
    if (sequence <= sent_ && sequence > received_)
      received_ = sequence;
  }

  /// The next notice, numbered; only while there is room.
  [[nodiscard]] v1::Notice make(uint64_t watch) {
    v1::Notice notice;
    notice.set_sequence(++sent_);
    notice.set_watch(watch);
    return notice;
  }

private:
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
};

} // namespace trivium::actors
