#include "tests/chaos/simulation/faulty_store.hpp"

namespace trivium::test {

expected<std::vector<commit_result>>
faulty_store::commit(std::span<const transaction> transactions) {
  if (is_broken)
    return fail(ec::unavailable, "an earlier write failed");
  if (!chance(random_, failing_percent))
    return store_.commit(transactions);
  if (chance(random_, 60))
    return fail(ec::resource_exhausted, "the disk is full");
  is_broken = true;
  if (chance(random_, 50)) {
    settled_ = std::make_shared<reference_state>(*state_);
    static_cast<void>(reference_store{settled_, options_}.commit(transactions));
  }
  return fail(ec::outcome_unknown, "the write failed");
}

void faulty_store::close() {
  is_broken = true;
  if (!settled_)
    return;
  // Leases that were kept alive meanwhile stay so.
  for (auto& [id, lease] : settled_->leases)
    if (const auto now = state_->leases.find(id); now != state_->leases.end())
      lease.deadline_ns = now->second.deadline_ns;
  *state_ = *std::exchange(settled_, nullptr);
}

} // namespace trivium::test
