#pragma once

#include "tests/chaos/simulation/timeline.hpp"
#include "tests/chaos/simulation/world.hpp"

#include <map>
#include <string>
#include <vector>

namespace trivium::test {

/// Holds what was told against what is stored, in the plainest words. Knows
/// nothing of how the actors do it.
class oracle {
public:
  explicit oracle(const world& node);

  /// What is broken, as sentences; empty where all is well.
  [[nodiscard]] std::vector<std::string> complaints();

private:
  /// Notes a broken rule.
  void expect(bool holds, const std::string& sentence);

  // The log alone (log_rules.cpp).
  void check_revision(revision at);
  void check_model(const model_ref& model, revision at);
  void check_event(const event_record& event, revision at);
  void check_registered(const event_record& event, revision at);
  void check_released(const event_record& event, revision at);
  void check_deleted(const event_record& event, revision at);
  void check_lease(lease_id lease, revision at);
  void check_author(const event_record& event, revision at);
  void check_end();
  [[nodiscard]] bool is_over(lease_id lease, int64_t time_ms) const;
  [[nodiscard]] bool was_asked_to_end(lease_id lease, revision at) const;

  // Each call (answer_rules.cpp).
  void check_call(const operation& call);
  void check_failure(const operation& call, const error& failure);
  void check_conflict(const operation& call);
  void check_own_revision(const operation& call, revision at);
  void check(const operation& call, const register_model& asked,
             const model_registered& told);
  void check(const operation& call, const promote& asked, const promoted& told);
  void check(const operation& call, const delete_model& asked,
             const model_deleted& told);
  void check(const operation& call, const delete_alias& asked,
             const alias_deleted& told);
  void check(const operation& call, const end_lease& asked,
             const lease_ended& told);
  void check(const operation& call, const resolve_alias& asked,
             const resolved_alias& told);
  void check(const operation& call, const get_version& asked,
             const version_record& told);
  void check_repetition(const operation& call, const register_model& asked,
                        const model_registered& told);

  /// Whether it held at a revision between the call's begin and its end.
  template <class Claim>
  [[nodiscard]] bool once(const operation& call, const Claim& claim) const {
    for (auto at = call.begun; at <= call.ended; ++at)
      if (claim(at))
        return true;
    return false;
  }

  const world& node_;
  timeline log_;
  std::map<std::string, const operation*> by_trace_;
  std::map<const operation*, std::vector<revision>> written_;
  std::vector<std::string> complaints_;
};

/// "call 7 (promote)"
[[nodiscard]] std::string name_of(const operation& call);

/// Whether both ask for the same registration under one idempotency key.
[[nodiscard]] bool are_same(const register_model& one,
                            const register_model& other);

} // namespace trivium::test
