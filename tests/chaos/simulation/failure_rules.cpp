#include "tests/chaos/simulation/oracle.hpp"

#include "messages/values/keys.hpp"

#include <algorithm>

namespace trivium::test {

/// Which refusals there may be, and that each has its reason and changed
/// nothing.
void oracle::check_failure(const operation& call, const error& failure) {
  const auto said = name_of(call) + " was refused as "
                    + std::string{to_string(failure.code)} + " (" + failure.text
                    + ")";
  const auto is_unknown =
    failure.code == ec::unavailable || failure.code == ec::outcome_unknown
    || (failure.code == ec::deadline_exceeded && !call.is_overdue);
  if (is_unknown)
    return expect(!node_.is_calm && !call.is_last, said + " by a calm node");
  expect(!written_.contains(&call)
           || (std::holds_alternative<end_lease>(call.what)
               && failure.code != ec::not_found),
         said + ", and written");
  const auto* registration = std::get_if<register_model>(&call.what);
  const auto* promotion = std::get_if<promote>(&call.what);
  const auto* deletion = std::get_if<delete_model>(&call.what);
  const auto* unnaming = std::get_if<delete_alias>(&call.what);
  auto is_right = false;
  switch (failure.code) {
  case ec::cancelled:
    is_right = call.is_cancelled;
    break;
  case ec::deadline_exceeded:
    is_right = true; // it was overdue
    break;
  case ec::resource_exhausted:
    is_right = !node_.is_calm && !call.is_last;
    break;
  case ec::conflict:
    return check_conflict(call);
  case ec::already_exists:
    is_right =
      registration != nullptr
      && std::any_of(written_.begin(), written_.end(), [&](const auto& other) {
           const auto* before = std::get_if<register_model>(&other.first->what);
           return before != nullptr && before->model == registration->model
                  && before->idempotency_key == registration->idempotency_key
                  && !are_same(*before, *registration)
                  && other.second.back() <= call.ended;
         });
    break;
  case ec::failed_precondition:
    is_right = (promotion != nullptr && !promotion->allow_unverified)
               || (deletion != nullptr && once(call, [&](revision at) {
                     const auto aliases = log_.aliases(deletion->model, at);
                     return std::any_of(
                       aliases.begin(), aliases.end(), [&](const auto& alias) {
                         return !deletion->version
                                || alias.version == *deletion->version;
                       });
                   }));
    break;
  case ec::not_found:
    is_right = once(call, [&](revision at) {
      if (registration != nullptr)
        return registration->lease != 0
               && (!log_.find(keys::lease(registration->lease), at)
                   || is_over(registration->lease, call.ended_ms));
      if (promotion != nullptr)
        return !log_.version(promotion->model, promotion->version, at);
      if (unnaming != nullptr)
        return !log_.alias(unnaming->alias, at);
      if (deletion != nullptr && deletion->version)
        return !log_.version(deletion->model, *deletion->version, at);
      if (deletion != nullptr)
        return log_.versions(deletion->model, at).empty();
      if (const auto* asked = std::get_if<end_lease>(&call.what))
        return log_.find(keys::lease(asked->lease), at) == nullptr;
      if (const auto* asked = std::get_if<resolve_alias>(&call.what))
        return !log_.alias(asked->alias, at);
      const auto& asked = std::get<get_version>(call.what);
      return !log_.version(asked.model, asked.version, at);
    });
    break;
  default:
    break;
  }
  expect(is_right, said + " without a reason");
}

/// Four tries were lost, or what it expected is not so.
void oracle::check_conflict(const operation& call) {
  const auto is_other = [&](const alias_ref& alias,
                            const std::optional<revision>& expected) {
    return expected && once(call, [&](revision at) {
             const auto* now = log_.find(alias_key(alias), at);
             return (now == nullptr ? 0 : now->modified) != *expected;
           });
  };
  const auto* promotion = std::get_if<promote>(&call.what);
  const auto* unnaming = std::get_if<delete_alias>(&call.what);
  const auto is_expected =
    (promotion != nullptr
     && is_other({promotion->model, promotion->alias}, promotion->expected_at))
    || (unnaming != nullptr
        && is_other(unnaming->alias, unnaming->expected_at));
  const auto is_about_to_leave = [&](const model_ref& model) {
    return once(call, [&](revision at) {
      const auto* now = log_.find(registration_key(model), at);
      return now != nullptr && now->lease != 0
             && is_over(now->lease, call.ended_ms);
    });
  };
  const auto* registration = std::get_if<register_model>(&call.what);
  if (registration != nullptr && registration->lease == 0
      && is_about_to_leave(registration->model))
    return;
  const auto least = std::holds_alternative<end_lease>(call.what) ? 1u : 4u;
  expect(is_expected || call.ended - call.begun >= least,
         name_of(call) + " gave up though nobody was first");
}

} // namespace trivium::test
