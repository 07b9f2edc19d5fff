#include "tools/trivium/repl/node_view.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/repl/facts.hpp"
#include "tools/trivium/repl/fitted_table.hpp"
#include "tools/trivium/repl/job_view.hpp"
#include "tools/trivium/repl/tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace trivium::tools::repl {

namespace {

std::string uptime_of(const node_status& node, const screen& on) {
  const auto up = static_cast<double>(on.now - node.started_at) / 1000;
  return node.started_at == 0 ? "" : human_seconds(std::max(0.0, up));
}

std::string fixed(double value, const char* format) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string lanes_text(const std::vector<lane_status>& lanes,
                       const screen& on) {
  fitted_table table{{{"lane", 9, true},
                      {"device", 3},
                      {"state", 8},
                      {"job", 5},
                      {"tensor", 6},
                      {"tile", 4, true},
                      {"for", 4, true},
                      {"tiles", 2, true},
                      {"read", 2, true}}};
  for (const auto& lane : lanes)
    table.add({std::to_string(lane.number), printable(lane.device),
               state_cell(lane.hangs     ? "hangs"
                          : lane.is_busy ? "busy"
                                         : "idle"),
               lane.is_busy ? printable(lane.job) : "",
               lane.is_busy ? printable(lane.tensor) : "",
               lane.is_busy ? std::to_string(lane.tile) : "",
               lane.is_busy ? human_seconds(lane.seconds_on_tile) : "",
               human_count(lane.tiles_done), human_bytes(lane.bytes_done)});
  return table.text(on);
}

/// The first `height` lines of `text`, the last of them "…" if any is missing.
std::string first_lines(const std::string& text, size_t height) {
  const auto count =
    static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  if (height == 0 || count <= height)
    return text;
  size_t end = 0;
  for (size_t line = 0; line + 1 < height; ++line)
    end = text.find('\n', end) + 1;
  return text.substr(0, end) + "…\n";
}

} // namespace

std::string status_text(const node_status& node, const screen& on) {
  facts about;
  about.add("node",
            "trivium " + printable(node.version) + ", process "
              + std::to_string(node.pid)
              + (node.is_draining ? painted(", draining", tint::bad, on) : ""));
  about.add("up",
            uptime_of(node, on) + ", since " + local_time(node.started_at));
  about.add("store",
            printable(node.store) + ", revision " + std::to_string(node.head));
  about.add("memory", human_bytes(node.rss_bytes));
  about.add("cpu time", human_seconds(node.cpu_seconds));
  about.add("sessions", std::to_string(node.sessions));
  about.add("models", human_count(node.active_models) + " active");
  about.add("restarts", node.restarts == 0
                          ? "none"
                          : painted(human_count(node.restarts), tint::bad, on)
                              + ", see actors");
  for (const auto& name : node.silent)
    about.add("no answer",
              painted(printable(name), tint::bad, on) + ", see actors");
  about.add("log", printable(node.log_level));
  auto text = about.text();
  for (const auto& part :
       {lanes_text(node.lanes, on), jobs_text(node.jobs, on)})
    text += part.empty() ? "" : "\n" + part;
  return text;
}

std::string top_text(const node_status& node, double load, const screen& on) {
  const auto head = "trivium " + printable(node.version) + "  process "
                    + std::to_string(node.pid) + "  up " + uptime_of(node, on)
                    + "  memory " + human_bytes(node.rss_bytes)
                    + (load < 0 ? "" : "  cores in use " + fixed(load, "%.2f"))
                    + "  revision " + std::to_string(node.head)
                    + (node.is_draining ? "  draining" : "");
  const auto fitted = on.width == 0 ? head : shortened(head, on.width);
  const auto jobs = jobs_text(node.jobs, on);
  return first_lines(painted(fitted, tint::strong, on) + "\n\n"
                       + lanes_text(node.lanes, on) + "\n"
                       + (jobs.empty() ? "no jobs\n" : jobs),
                     on.height);
}

std::string actors_text(const std::vector<actor_status>& actors,
                        const screen& on) {
  std::vector<tree_node> nodes;
  for (const auto& actor : actors)
    nodes.push_back({actor.id, actor.parent});
  fitted_table table{{{"actor", 9},
                      {"state", 8},
                      {"mailbox", 7, true},
                      {"restarts", 6, true},
                      {"thread", 2},
                      {"last failure", 3}}};
  for (const auto& [index, branch] : tree_rows(nodes)) {
    const auto& actor = actors[index];
    table.add({branch + printable(actor.name),
               state_cell(printable(actor.state)),
               std::to_string(actor.mailbox),
               {std::to_string(actor.restarts),
                actor.restarts == 0 ? tint::none : tint::bad},
               actor.is_detached ? "own" : "pool",
               printable(actor.last_failure)});
  }
  return table.text(on);
}

std::string devices_text(const std::vector<device_status>& devices,
                         const screen& on) {
  fitted_table table{{{"device", 9},
                      {"name", 5},
                      {"lanes", 7, true},
                      {"memory", 4, true},
                      {"state", 8}}};
  for (const auto& device : devices)
    table.add({{printable(device.kind), tint::strong},
               printable(device.name),
               device.lanes == 0 ? "" : std::to_string(device.lanes),
               device.memory_bytes == 0 ? "" : human_bytes(device.memory_bytes),
               device.absence.empty()
                 ? cell{"ready", tint::good}
                 : cell{printable(device.absence), tint::faint}});
  return table.text(on);
}

} // namespace trivium::tools::repl
