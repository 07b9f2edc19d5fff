#include "actors/gateway/requests/lease_requests.hpp"

#include "actors/gateway/requests/registration_request.hpp"

namespace trivium::actors {

checked<transaction> checked_grant(const v1::GrantLeaseRequest& request) {
  const auto wanted = request.ttl_seconds();
  const auto seconds = wanted == 0 ? default_ttl_seconds : wanted;
  if (seconds < 1 || seconds > longest_ttl_seconds)
    return tl::unexpected<refusal>{
      refusal{{ec::invalid_argument,
               "ttl_seconds is " + std::to_string(wanted) + "; wanted 1 to "
                 + std::to_string(longest_ttl_seconds) + ", or 0 for "
                 + std::to_string(default_ttl_seconds)},
              {"ttl_seconds", {}}}};
  transaction grant;
  grant.then.emplace_back(grant_lease{static_cast<uint64_t>(seconds) * 1000});
  return grant;
}

checked<lease_id> checked_lease(uint64_t lease) {
  if (lease == 0)
    return tl::unexpected<refusal>{
      refusal{{ec::invalid_argument, "lease_id is missing"}, {"lease_id", {}}}};
  return lease;
}

checked<void> check_shared(const storage::metadata_store& store,
                           lease_id lease) {
  if (lease == 0 || store.lease_remaining(lease).count() > 0)
    return {};
  return tl::unexpected<refusal>{
    refusal{{ec::not_found,
             "lease " + std::to_string(lease) + " is over, or never was"},
            {"lease_id", {}}}};
}

void write_lease(const storage::metadata_store& store, lease_id lease,
                 v1::Lease& answer) {
  answer.set_lease_id(lease);
  answer.set_revision(store.head());
  const auto state = store.lease(lease);
  if (!state || state->remaining_ms == 0)
    return answer.set_is_over(true);
  answer.set_ttl_seconds(static_cast<int64_t>(state->ttl_ms / 1000));
  answer.set_remaining_ms(static_cast<int64_t>(state->remaining_ms));
}

void renew_lease(storage::metadata_store& store, lease_id lease,
                 v1::Lease& answer) {
  answer.set_lease_id(lease);
  answer.set_revision(store.head());
  const auto ttl = store.keep_alive(lease);
  if (!ttl)
    return answer.set_is_over(true);
  answer.set_ttl_seconds(static_cast<int64_t>(*ttl / 1000));
  answer.set_remaining_ms(static_cast<int64_t>(*ttl));
}

} // namespace trivium::actors
