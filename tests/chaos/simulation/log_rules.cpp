#include "tests/chaos/simulation/oracle.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>
#include <set>

namespace trivium::test {

namespace {

bool is_of_a_model(const std::string& key) {
  return key.starts_with("models/");
}

/// Of the registration, versions or aliases that changed.
size_t count(const std::vector<change>& changes,
             bool (*is_kind)(std::string_view), bool is_erase) {
  return static_cast<size_t>(
    std::count_if(changes.begin(), changes.end(), [&](const change& one) {
      return is_kind(one.after.key) && one.is_erase == is_erase;
    }));
}

} // namespace

oracle::oracle(const world& node) : node_(node), log_(node.state()) {
  for (const auto& call : node.calls)
    by_trace_.emplace(trace_id_text(call->from.trace), call.get());
}

void oracle::expect(bool holds, const std::string& sentence) {
  if (!holds)
    complaints_.push_back(sentence);
}

std::vector<std::string> oracle::complaints() {
  for (revision at = 1; at <= log_.head(); ++at)
    check_revision(at);
  for (const auto& call : node_.calls)
    check_call(*call);
  check_end();
  return complaints_;
}

void oracle::check_revision(revision at) {
  const auto where = "revision " + std::to_string(at);
  const auto& changes = log_.changes(at);
  const auto events = log_.events(at);
  const auto changes_models =
    std::any_of(changes.begin(), changes.end(),
                [](const change& one) { return is_of_a_model(one.after.key); });
  expect(events.size() == (changes_models ? 1 : 0),
         where + " has " + std::to_string(events.size()) + " events");
  for (const auto& one : changes)
    if (one.is_erase && one.after.key.starts_with(keys::leases_prefix))
      check_lease(std::stoull(one.after.key.substr(keys::leases_prefix.size())),
                  at);
  if (events.size() != 1)
    return;
  const auto& event = events.front();
  const auto prefix = keys::model_prefix(event.model).value();
  for (const auto& one : changes)
    expect(!is_of_a_model(one.after.key) || one.after.key.starts_with(prefix),
           where + " changes " + one.after.key + " without its event");
  check_author(event, at);
  check_event(event, at);
  check_model(event.model, at);
}

/// What is true of a model at any time.
void oracle::check_model(const model_ref& model, revision at) {
  const auto where = to_string(model) + " at revision " + std::to_string(at);
  const auto versions = log_.versions(model, at);
  for (const auto& alias : log_.aliases(model, at))
    expect(log_.version(model, alias.version, at).has_value(),
           where + ": " + alias.alias + " points at nothing");
  const auto standing = log_.registration(model, at);
  if (!standing)
    return;
  const auto highest = std::max_element(
    versions.begin(), versions.end(),
    [](const auto& a, const auto& b) { return a.version < b.version; });
  expect(highest != versions.end() && highest->version == standing->newest,
         where + ": its newest version is said to be "
           + to_string(standing->newest));
  const auto named = log_.version(model, standing->version, at);
  expect(named && named->storage_uri == standing->storage_uri,
         where + ": the registration's version is not stored so");
}

void oracle::check_event(const event_record& event, revision at) {
  const auto where = "revision " + std::to_string(at);
  const auto& changes = log_.changes(at);
  const auto puts = count(changes, keys::is_alias, false);
  const auto erased = count(changes, keys::is_alias, true);
  if (event.kind != event_kind::version_deleted)
    expect(count(changes, keys::is_version, true) == 0,
           where + " loses a version");
  switch (event.kind) {
  case event_kind::version_registered:
    return check_registered(event, at);
  case event_kind::registration_expired:
    return check_released(event, at);
  case event_kind::version_deleted:
    return check_deleted(event, at);
  case event_kind::alias_moved:
    return expect(puts == 1 && erased == 0, where + " moves no alias");
  case event_kind::alias_deleted:
    return expect(puts == 0 && erased == 1, where + " deletes no alias");
  default:
    expect(false, where + " is a " + std::string{to_string(event.kind)});
  }
}

void oracle::check_registered(const event_record& event, revision at) {
  const auto where = "revision " + std::to_string(at);
  const auto key = registration_key(event.model);
  const auto standing = log_.registration(event.model, at);
  const auto* now = log_.find(key, at);
  expect(now != nullptr && now->modified == at
           && to_string(standing->version) == event.version,
         where + " registers nothing");
  const auto author = by_trace_.find(event.trace_id);
  if (now == nullptr || author == by_trace_.end())
    return;
  const auto* asked = std::get_if<register_model>(&author->second->what);
  if (asked == nullptr)
    return;
  const auto* before = log_.find(key, at - 1);
  const auto lease = asked->lease != 0        ? asked->lease
                     : before != nullptr      ? before->lease
                     : asked->ttl_seconds > 0 ? at
                                              : 0;
  expect(now->lease == lease, where + " has lease " + std::to_string(now->lease)
                                + ", not " + std::to_string(lease));
  expect(log_.find(keys::lease(at), at) == nullptr || lease == at,
         where + " grants a lease for nothing");
}

void oracle::check_released(const event_record& event, revision at) {
  const auto where = "revision " + std::to_string(at);
  const auto& changes = log_.changes(at);
  const auto key = registration_key(event.model);
  const auto* before = log_.find(key, at - 1);
  expect(before != nullptr && log_.find(key, at) == nullptr
           && count(changes, keys::is_registration, true) == 1,
         where + " takes no registration out of discovery");
  expect(count(changes, keys::is_alias, true) == 0, where + " loses an alias");
  if (before != nullptr)
    expect(is_over(before->lease, log_.time(at))
             || was_asked_to_end(before->lease, at),
           where + " ends a registration whose lease is not over");
}

void oracle::check_deleted(const event_record& event, revision at) {
  const auto where = "revision " + std::to_string(at);
  if (event.version.empty())
    return expect(
      log_.below(keys::model_prefix(event.model).value(), at).empty(),
      where + " leaves some of the model");
  const auto version = semver::parse(event.version).value();
  expect(log_.version(event.model, version, at - 1).has_value()
           && !log_.version(event.model, version, at),
         where + " deletes no version");
  expect(count(log_.changes(at), keys::is_version, true) == 1,
         where + " deletes more than it says");
  const auto* had = log_.find(registration_key(event.model), at - 1);
  const auto has = log_.registration(event.model, at).has_value();
  const auto is_over_there =
    had != nullptr && had->lease != 0 && is_over(had->lease, log_.time(at));
  expect(has
           == (had != nullptr && !is_over_there
               && !log_.versions(event.model, at).empty()),
         where + " leaves discovery in a wrong state");
}

/// By its last keep-alive, or its grant.
bool oracle::is_over(lease_id lease, int64_t time_ms) const {
  const auto* granted = log_.find(keys::lease(lease), lease);
  if (granted == nullptr)
    return false;
  const auto asked = log_.events(lease);
  auto from = log_.time(lease);
  for (const auto& one : node_.keepings)
    if (one.lease == lease && one.at_ms <= time_ms)
      from = std::max(from, one.at_ms);
  const auto registered =
    log_.registration(asked.at(0).model, lease)->ttl_seconds;
  return time_ms >= from + registered * 1000;
}

bool oracle::was_asked_to_end(lease_id lease, revision at) const {
  return std::any_of(
    node_.calls.begin(), node_.calls.end(), [&](const auto& call) {
      const auto* asked = std::get_if<end_lease>(&call->what);
      return asked != nullptr && asked->lease == lease && call->is_begun
             && call->begun < at && !call->is_overdue;
    });
}

void oracle::check_lease(lease_id lease, revision at) {
  const auto events = log_.events(at);
  const auto is_deleted =
    events.size() == 1 && events[0].kind == event_kind::version_deleted;
  expect(is_deleted || is_over(lease, log_.time(at))
           || was_asked_to_end(lease, at),
         "revision " + std::to_string(at) + " ends lease "
           + std::to_string(lease) + " before its time");
}

/// Each call writes at most once (an ended lease: once a registration), after
/// it was begun, and before it was answered.
void oracle::check_author(const event_record& event, revision at) {
  const auto where = "revision " + std::to_string(at);
  const auto found = by_trace_.find(event.trace_id);
  if (found == by_trace_.end())
    return expect(event.kind == event_kind::registration_expired,
                  where + " was asked for by nobody");
  const auto& call = *found->second;
  auto& written = written_[&call];
  written.push_back(at);
  expect(written.size() == 1 || std::holds_alternative<end_lease>(call.what),
         name_of(call) + " was written twice, the second time at " + where);
  expect(at > call.begun, where + " is older than " + name_of(call));
  expect(!call.is_overdue, name_of(call) + " was overdue, and written");
  expect(!call.is_cancelled
           || !std::holds_alternative<register_model>(call.what),
         name_of(call) + " was cancelled, and written");
}

/// Nothing is left that should be over by now.
void oracle::check_end() {
  for (const auto& [lease, held] : node_.state().leases)
    expect(false, "lease " + std::to_string(lease) + " is never ended");
  for (const auto* one : log_.below("models/", log_.head()))
    expect(one->lease == 0 || log_.find(keys::lease(one->lease), log_.head()),
           one->key + " outlives its lease");
  expect(!node_.is_calm || node_.heard == log_.head(),
         "listeners heard of revision " + std::to_string(node_.heard)
           + ", not of " + std::to_string(log_.head()));
}

} // namespace trivium::test
