// Registers and promotes in a loop, whatever becomes of the node, until its
// standard input ends; then every change that was acknowledged must be there,
// and the watch that ran along must have heard each event once, in order.
//
// client_acknowledged STORE MODEL

#include "tests/integration/clients/client_program.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <poll.h>
#include <set>
#include <unistd.h>
#include <vector>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;

namespace {

const model_ref model{"default", "m"};

/// The revisions of one watch.
class heard_events {
public:
  void add(const event_record& event) {
    {
      const std::lock_guard hold{mutex_};
      revisions_.push_back(event.revision);
    }
    changed_.notify_all();
  }

  /// All up to the event of revision `last`.
  std::vector<revision> until(revision last) {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, 20s, [&] {
          return last == 0
                 || (!revisions_.empty() && revisions_.back() >= last);
        }))
      give_up("a watch stopped at revision %llu of %llu",
              static_cast<unsigned long long>(
                revisions_.empty() ? 0 : revisions_.back()),
              static_cast<unsigned long long>(last));
    auto all = revisions_;
    std::erase_if(all, [&](revision one) { return one > last; });
    return all;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<revision> revisions_;
};

struct acknowledged_changes {
  std::set<std::string> submitted;
  std::set<std::string> versions;
  std::set<revision> promotions;
};

bool is_over() {
  pollfd input{STDIN_FILENO, POLLIN | POLLHUP, 0};
  return ::poll(&input, 1, 0) > 0;
}

/// Errors that a node's death may cause; any other is a fault.
template <class T>
bool is_done(const expected<T>& result, const char* what) {
  if (result)
    return true;
  const auto code = result.error().code;
  if (code != ec::unavailable && code != ec::outcome_unknown)
    give_up("%s: %s: %s", what, std::string{to_string(code)}.c_str(),
            result.error().text.c_str());
  return false;
}

bool register_one(client& node, const std::string& path,
                  const std::string& version, acknowledged_changes& made) {
  job_request wanted;
  wanted.kind = job_kind::register_model;
  wanted.path = path;
  wanted.model = model;
  wanted.version = version;
  const auto id = node.submit(wanted);
  if (!is_done(id, "submit"))
    return false;
  made.submitted.insert(*id);
  const auto job = node.await_job(*id);
  if (!is_done(job, "await"))
    return false;
  if (job->status.record.state == job_state::done)
    made.versions.insert(version);
  return job->status.record.state == job_state::done;
}

void promote_one(client& node, const std::string& version,
                 acknowledged_changes& made) {
  promotion wanted;
  wanted.alias = {model, "production"};
  wanted.version = version;
  wanted.allow_unverified = true;
  const auto moved = node.promote(wanted);
  if (is_done(moved, "promote"))
    made.promotions.insert(moved->at);
}

void check_changes(client& node, const acknowledged_changes& made) {
  if (made.submitted.empty())
    return;
  for (const auto& id : made.submitted)
    must(node.job(id), id.c_str());
  if (made.versions.empty())
    return;
  const auto details = must(node.model(model), "model");
  for (const auto& version : made.versions)
    if (std::none_of(
          details.versions.begin(), details.versions.end(),
          [&](const auto& one) { return to_string(one.version) == version; }))
      give_up("version %s was acknowledged and is gone", version.c_str());
  const auto history =
    must(node.history(model, "production", 100'000), "history");
  for (const auto at : made.promotions)
    if (std::none_of(history.entries.begin(), history.entries.end(),
                     [&](const auto& one) { return one.at_revision == at; }))
      give_up("the promotion of revision %llu was acknowledged and is gone",
              static_cast<unsigned long long>(at));
}

} // namespace

int main(int count, char** words) {
  if (count != 3)
    return 2;
  const auto node = connected(words[1]);
  std::atomic<unsigned> returns{0};
  node->on_connection([&](connection_change change) {
    returns += change == connection_change::restored ? 1 : 0;
  });
  heard_events heard;
  const auto watch = must(
    node->watch_events({1}, [&](const auto& e) { heard.add(e); }), "watch");
  std::puts("begun");
  std::fflush(stdout);
  acknowledged_changes made;
  for (unsigned number = 0; !is_over();) {
    const auto version = "1." + std::to_string(number) + ".0";
    if (!register_one(*node, words[2], version, made))
      continue; // the same once more: registering is idempotent
    promote_one(*node, version, made);
    ++number;
  }
  check_changes(*node, made);

  // Revisions without an event exist: the log as it stands now tells which.
  heard_events again;
  const auto head = must(node->status(), "status").head;
  const auto other = connected(words[1]);
  promotion last;
  last.alias = {model, "last"};
  last.version = made.versions.empty() ? "" : *made.versions.begin();
  last.allow_unverified = true;
  const auto end = made.versions.empty()
                     ? revision{0}
                     : must(node->promote(last), "last promotion").at;
  const auto replay = must(
    other->watch_events({1}, [&](const auto& e) { again.add(e); }), "replay");
  const auto stored = again.until(end);
  const auto lived = heard.until(end);
  if (stored != lived)
    give_up("a watch heard %zu events up to revision %llu, the log has %zu",
            lived.size(), static_cast<unsigned long long>(end), stored.size());
  json_writer json;
  json.object([&] {
    json.member("versions", made.versions.size());
    json.member("promotions", made.promotions.size());
    json.member("events", lived.size());
    json.member("head", head);
    json.member("returns", returns.load());
  });
  say(json);
  return 0;
}
