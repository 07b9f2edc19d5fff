#include "tests/chaos/simulation/oracle.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>

namespace trivium::test {

std::string name_of(const operation& call) {
  static constexpr std::array names{"register",     "promote",   "delete model",
                                    "delete alias", "end lease", "resolve",
                                    "get version"};
  return "call " + std::to_string(call.number) + " ("
         + names.at(call.what.index()) + ")";
}

bool are_same(const register_model& one, const register_model& other) {
  return one.version == other.version && one.storage_uri == other.storage_uri
         && one.ttl_seconds == other.ttl_seconds;
}

void oracle::check_call(const operation& call) {
  expect(call.answers == 1, name_of(call) + " was answered "
                              + std::to_string(call.answers) + " times");
  if (!call.answer)
    return;
  if (!*call.answer)
    return check_failure(call, call.answer->error());
  std::visit(
    [&](const auto& asked, const auto& told) {
      if constexpr (requires { this->check(call, asked, told); })
        check(call, asked, told);
      else
        expect(false, name_of(call) + " got another call's answer");
    },
    call.what, **call.answer);
  if (call.is_cancelled)
    expect(!std::holds_alternative<register_model>(call.what),
           name_of(call) + " was cancelled, and acknowledged");
}

void oracle::check_own_revision(const operation& call, revision at) {
  const auto found = written_.find(&call);
  expect(found != written_.end() && found->second.back() == at,
         name_of(call) + " was told revision " + std::to_string(at)
           + ", which is not its own");
  expect(at > call.begun && at <= call.ended,
         name_of(call)
           + " was told a revision of another time: " + std::to_string(at));
}

void oracle::check(const operation& call, const register_model& asked,
                   const model_registered& told) {
  const auto said = name_of(call) + " was told ";
  const auto is_written = written_.contains(&call);
  expect(told.version == asked.version, said + "of another version");
  if (told.was_known) {
    expect(!is_written, said + "that nothing was written");
    return check_repetition(call, asked, told);
  }
  check_own_revision(call, told.at);
  const auto* now = log_.find(registration_key(asked.model), told.at);
  const auto record = log_.registration(asked.model, told.at);
  const auto version = log_.version(asked.model, asked.version, told.at);
  if (now == nullptr)
    return expect(false, said + "of what is not there");
  expect(now->modified == told.at && record->version == asked.version
           && record->storage_uri == asked.storage_uri && version
           && version->storage_uri == asked.storage_uri,
         said + "of what is not stored");
  expect(told.created == now->created,
         said + "that it was created at " + std::to_string(told.created));
  expect(told.lease == now->lease,
         said + "lease " + std::to_string(told.lease));
  expect(told.ttl_seconds == record->ttl_seconds, said + "another ttl");
  if (asked.idempotency_key.empty())
    return;
  for (const auto& [other, revisions] : written_) {
    const auto* before = std::get_if<register_model>(&other->what);
    if (before != nullptr && other != &call && before->model == asked.model
        && before->idempotency_key == asked.idempotency_key
        && revisions.back() >= now->created && revisions.back() < told.at)
      expect(false, name_of(call) + " repeats " + name_of(*other)
                      + " and was written again");
  }
}

/// Nothing was written: why not?
void oracle::check_repetition(const operation& call,
                              const register_model& asked,
                              const model_registered& told) {
  const auto key = registration_key(asked.model);
  const auto stands = [&](revision at) {
    const auto* now = log_.find(key, at);
    return now != nullptr && now->created == told.created
           && now->created <= told.at;
  };
  if (asked.idempotency_key.empty())
    return expect(once(call,
                       [&](revision at) {
                         const auto* now = log_.find(key, at);
                         const auto is = log_.registration(asked.model, at);
                         return stands(at) && now->modified == told.at
                                && is->version == asked.version
                                && is->storage_uri == asked.storage_uri
                                && (told.lease == now->lease
                                    || told.lease == asked.lease);
                       }),
                  name_of(call) + " is said to be known, and is not");
  const auto first =
    std::find_if(written_.begin(), written_.end(), [&](const auto& other) {
      const auto* before = std::get_if<register_model>(&other.first->what);
      return before != nullptr && before->model == asked.model
             && before->idempotency_key == asked.idempotency_key
             && other.second.back() == told.at && are_same(*before, asked);
    });
  expect(first != written_.end() && once(call, stands),
         name_of(call) + " is said to repeat revision "
           + std::to_string(told.at) + ", and does not");
}

void oracle::check(const operation& call, const promote& asked,
                   const promoted& told) {
  const alias_ref alias{asked.model, asked.alias};
  const auto key = alias_key(alias);
  expect(asked.allow_unverified, name_of(call) + " passed the gate");
  if (told.was_there)
    return expect(
      !written_.contains(&call)
        && once(call,
                [&](revision at) {
                  const auto* now = log_.find(key, at);
                  return now != nullptr && now->modified == told.at
                         && log_.alias(alias, at)->version == asked.version
                         && log_.alias(alias, at)->weight == asked.weight;
                }),
      name_of(call) + " is said to be there, and is not");
  check_own_revision(call, told.at);
  const auto now = log_.alias(alias, told.at);
  expect(now && now->version == asked.version && now->weight == asked.weight
           && log_.find(key, told.at)->modified == told.at,
         name_of(call) + " moved another alias");
  const auto* before = told.at == 0 ? nullptr : log_.find(key, told.at - 1);
  expect(!asked.expected_at
           || *asked.expected_at == (before ? before->modified : 0),
         name_of(call) + " expected another state");
}

void oracle::check(const operation& call, const delete_model& asked,
                   const model_deleted& told) {
  check_own_revision(call, told.at);
  if (told.at == 0 || told.at > log_.head())
    return;
  uint64_t gone = 0;
  const auto prefix = keys::model_prefix(asked.model).value();
  for (const auto& one : log_.changes(told.at))
    gone += one.is_erase && one.after.key.starts_with(prefix);
  expect(gone == told.deleted, name_of(call) + " deleted "
                                 + std::to_string(gone) + " keys, not "
                                 + std::to_string(told.deleted));
  if (asked.version)
    expect(!log_.version(asked.model, *asked.version, told.at),
           name_of(call) + " left the version");
}

void oracle::check(const operation& call, const delete_alias& asked,
                   const alias_deleted& told) {
  check_own_revision(call, told.at);
  if (told.at == 0 || told.at > log_.head())
    return;
  const auto* before = log_.find(alias_key(asked.alias), told.at - 1);
  expect(before != nullptr && !log_.alias(asked.alias, told.at),
         name_of(call) + " left the alias");
  expect(!asked.expected_at
           || (before && *asked.expected_at == before->modified),
         name_of(call) + " expected another state");
}

void oracle::check(const operation& call, const end_lease& asked,
                   const lease_ended& told) {
  const auto found = written_.find(&call);
  const auto released = found == written_.end() ? 0 : found->second.size();
  expect(released == told.released, name_of(call) + " released "
                                      + std::to_string(released) + ", not "
                                      + std::to_string(told.released));
  const auto key = keys::lease(asked.lease);
  // Another may have been first, meanwhile.
  expect(told.at > call.begun && told.at <= call.ended
           && log_.find(key, call.begun) && !log_.find(key, told.at),
         name_of(call) + " ended no lease by revision "
           + std::to_string(told.at));
}

void oracle::check(const operation& call, const resolve_alias& asked,
                   const resolved_alias& told) {
  const auto is_so = [&](revision at) {
    const auto* now = log_.find(alias_key(asked.alias), at);
    if (now == nullptr || now->modified != told.at)
      return false;
    const auto alias = log_.alias(asked.alias, at);
    const auto version = log_.version(asked.alias.model, alias->version, at);
    return alias->version == told.alias.version
           && alias->weight == told.alias.weight && version
           && version->storage_uri == told.origin;
  };
  expect(once(call, is_so), name_of(call) + " saw what never stood so");
}

void oracle::check(const operation& call, const get_version& asked,
                   const version_record& told) {
  const auto is_so = [&](revision at) {
    const auto now = log_.version(asked.model, asked.version, at);
    return now && now->version == told.version
           && now->storage_uri == told.storage_uri
           && now->trace_id == told.trace_id;
  };
  expect(once(call, is_so), name_of(call) + " saw what never stood so");
}

} // namespace trivium::test
