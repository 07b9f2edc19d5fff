// One call: client_calls STORE status | jobs | job ID | cancel ID | await ID
//                        | pipeline MODEL NAME VERSION RECIPE
// Prints its answer as one line of JSON.

#include "tests/integration/clients/client_program.hpp"

#include <string_view>
#include <vector>

using namespace trivium;
using namespace trivium::test;

namespace {

void write_job(json_writer& json, const job_status& job) {
  json.member("id", job.record.id);
  json.member("state", to_string(job.record.state));
  json.member("is_queued", job.is_queued);
  json.member("stage", to_string(job.stage));
  json.member("done", job.done);
  json.member("total", job.total);
}

void tell_status(const node_status& status) {
  json_writer json;
  json.object([&] {
    json.member("pid", status.pid);
    json.member("head", status.head);
    json.member("sessions", status.sessions);
    json.member("rss_bytes", status.rss_bytes);
    json.member("restarts", status.restarts);
    json.key("lanes");
    json.array([&] {
      for (const auto& lane : status.lanes)
        json.object([&] {
          json.member("device", lane.device);
          json.member("is_busy", lane.is_busy);
          json.member("hangs", lane.hangs);
          json.member("job", lane.job);
          json.member("tensor", lane.tensor);
          json.member("tile", lane.tile);
        });
    });
  });
  say(json);
}

void tell_jobs(const std::vector<job_status>& jobs) {
  json_writer json;
  json.array([&] {
    for (const auto& job : jobs)
      json.object([&] { write_job(json, job); });
  });
  say(json);
}

void tell_job(const job_details& job) {
  json_writer json;
  json.object([&] {
    write_job(json, job.status);
    json.member("failure", job.failure.text);
    json.member("verdict", job.report
                             ? to_string(job.report->variant.checked.verdict)
                             : std::string_view{});
  });
  say(json);
}

void submit(client& node, const std::vector<std::string>& words) {
  job_request wanted;
  wanted.path = words.at(1);
  wanted.model = {"default", words.at(2)};
  wanted.version = words.at(3);
  wanted.recipe = words.at(4);
  json_writer json;
  const auto id = must(node.submit(wanted), "submit");
  json.object([&] { json.member("id", id); });
  say(json);
}

} // namespace

int main(int count, char** arguments) {
  if (count < 3)
    return 2;
  const std::vector<std::string> words{arguments + 2, arguments + count};
  const auto node = connected(arguments[1]);
  const auto& command = words.front();
  if (command == "status")
    tell_status(must(node->status(), "status"));
  else if (command == "jobs")
    tell_jobs(must(node->jobs(), "jobs"));
  else if (command == "job")
    tell_job(must(node->job(words.at(1)), "job"));
  else if (command == "await")
    tell_job(must(node->await_job(words.at(1)), "await"));
  else if (command == "cancel")
    must(node->cancel_job(words.at(1)), "cancel");
  else if (command == "pipeline")
    submit(*node, words);
  else
    return 2;
  return 0;
}
