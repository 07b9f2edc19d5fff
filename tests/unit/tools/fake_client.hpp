#pragma once

#include "actors/client/client.hpp"

#include <functional>
#include <string>
#include <vector>

namespace trivium::test {

/// A node without actors or sockets: this program's `client` answers from it.
/// Set it up, then let the console talk to it. One at a time.
struct fake_node {
  fake_node();
  ~fake_node();
  fake_node(const fake_node&) = delete;
  fake_node& operator=(const fake_node&) = delete;

  bool is_there = true; ///< Else nothing can connect, and calls fail.
  node_identity identity;
  node_status status;
  std::vector<actor_status> actors;
  model_list models;
  model_details details;
  history_list history;
  std::vector<lineage_entry> lineage;
  registration_list registered;
  /// What a watch of events hears at once, and what ends it.
  std::vector<event_record> events;
  error end_of_events{ec::none, {}};
  /// What a watched job tells, one after the other; the last one has ended.
  std::vector<job_status> course;
  std::chrono::milliseconds pace{0}; ///< Between two of them.
  job_details job;                   ///< What it gave.

  /// "promote default/minilm@production 1.1.0 int8", one a call.
  std::vector<std::string> calls;
  job_request submitted; ///< The last one.

  /// Loses the connection, or makes it again.
  void change(connection_change what);
};

} // namespace trivium::test
